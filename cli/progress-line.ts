/** One line on standard error that says how far a command is: redrawn on a terminal, else repeated now and then. */
export interface ProgressLine {
  show(text: string): void
  /** Leaves what was said last. */
  end(): void
}

const REDRAW_MS = 100
const REPEAT_MS = 5_000

export function openProgressLine(out: NodeJS.WriteStream = process.stderr): ProgressLine {
  let nextAt = 0
  let shown = ''
  return {
    show: (text) => {
      const now = Date.now()
      if (now < nextAt) return
      nextAt = now + (out.isTTY ? REDRAW_MS : REPEAT_MS)
      out.write(out.isTTY ? `\r${text.padEnd(shown.length)}` : `${text}\n`)
      shown = text
    },
    end: () => {
      if (out.isTTY && shown !== '') out.write('\n')
      shown = ''
    },
  }
}
