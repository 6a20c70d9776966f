/** One line that tells how far a step is: rewritten in place on a terminal, elsewhere a line every few seconds. */
export interface Progress {
  at(count: number): void
  done(): void
}

const EVERY_MS = { terminal: 100, log: 5_000 }

export function showProgress(what: string, total: number): Progress {
  const { isTTY } = process.stdout
  const everyMs = isTTY ? EVERY_MS.terminal : EVERY_MS.log
  const startedMs = Date.now()
  let shownMs = isTTY ? 0 : startedMs
  let count = 0
  const show = (end: string) => {
    const seconds = ((Date.now() - startedMs) / 1000).toFixed(1)
    const line = `  ${what}: ${count.toLocaleString('en')} of ${total.toLocaleString('en')}, ${seconds} s`
    process.stdout.write(isTTY ? `\r\u001b[K${line}${end}` : `${line}\n`)
  }
  return {
    at: (now) => {
      count = now
      if (Date.now() - shownMs < everyMs) return
      shownMs = Date.now()
      show('')
    },
    done: () => show('\n'),
  }
}
