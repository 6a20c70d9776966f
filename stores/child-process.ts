/** Child processes that cannot outlive their owner, not even when it is killed with SIGKILL. */
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, openSync, renameSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { FatalError } from '../errors/errors.js'

/**
 * The owner holds the other end of the shell's input. When the owner is gone, however it went, the kernel closes that
 * end, `read` fails and the child is killed. A line on it asks the child to stop in an orderly way.
 * Plain POSIX: no native code, the same on Linux and macOS.
 */
const watchdog = `
exec 4<&0
"$@" </dev/null 3>&- 4<&- &
child=$!
echo "$child" >&3
exec 3>&-
{
  while read -r line <&4; do kill -TERM "$child"; done
  kill -KILL "$child"
} 2>/dev/null &
reader=$!
exec 4<&-
wait "$child"
status=$?
kill "$reader" 2>/dev/null
exit "$status"
`

export interface OwnedChild {
  /** Of the program itself, not of the shell that guards it. */
  readonly pid: number
  readonly logFile: string
  /** Settles when the program has ended, with how: `exit 1`, `SIGKILL`. Never rejects. */
  readonly exited: Promise<string>
  /** `undefined` while the program runs. */
  ended(): string | undefined
  /** SIGTERM, and SIGKILL if the program is still there after `graceMs`. Safe to call twice. */
  stop(graceMs?: number): Promise<void>
}

export interface OwnedChildOptions {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  /** Receives stdout and stderr; the log of the run before is kept beside it as `.1`. */
  readonly logFile: string
}

/**
 * Starts a program that ends when this process ends. It runs in a process group of its own, so a Ctrl-C in the
 * terminal reaches only the owner, which can then stop its children in order. It does not keep the owner alive.
 * @throws FatalError STACK_FAILED when the program cannot be started at all
 */
export async function startOwnedChild(options: OwnedChildOptions): Promise<OwnedChild> {
  const log = openLog(options.logFile)
  const shell = spawn('/bin/sh', ['-c', watchdog, 'kinora', options.command, ...options.args], {
    cwd: options.cwd,
    stdio: ['pipe', log, log, 'pipe'],
    detached: true,
  })
  closeSync(log)
  const pid = await pidOf(shell, options.command)
  let ending: string | undefined
  const exited = new Promise<string>((resolve) => {
    shell.once('exit', (code, signal) => {
      ending = describeExit(code, signal)
      resolve(ending)
    })
  })
  const input = shell.stdin!
  input.on('error', () => undefined) // the shell may end while "stop" is on its way
  unref(shell, input)
  const stop = async (graceMs = 15_000): Promise<void> => {
    if (ending !== undefined) return
    shell.ref()
    input.write('stop\n')
    const patience = delay(graceMs, 'timeout', { ref: false })
    if ((await Promise.race([exited, patience])) === 'timeout') input.end()
    await exited
  }
  return { pid, logFile: options.logFile, exited, ended: () => ending, stop }
}

function openLog(logFile: string): number {
  mkdirSync(dirname(logFile), { recursive: true })
  try {
    renameSync(logFile, `${logFile}.1`)
  } catch {
    // the first run has no earlier log
  }
  return openSync(logFile, 'a')
}

async function pidOf(shell: ChildProcess, command: string): Promise<number> {
  const failed = new Promise<never>((_, reject) => {
    shell.once('error', (cause) => {
      reject(new FatalError('STACK_FAILED', `cannot start ${command}: ${cause.message}`, { cause }))
    })
  })
  const told = (async () => {
    let text = ''
    for await (const chunk of shell.stdio[3] as Readable) text += String(chunk)
    return Number(text.trim())
  })()
  const pid = await Promise.race([told, failed])
  if (!Number.isInteger(pid) || pid <= 0) throw new FatalError('STACK_FAILED', `cannot start ${command}`)
  return pid
}

function unref(shell: ChildProcess, input: Writable): void {
  shell.unref()
  ;(input as Writable & { unref?: () => void }).unref?.()
}

function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal !== null) return signal
  // The shell reports a child that a signal ended as 128 + its number.
  const names: Record<number, string> = { 137: 'SIGKILL', 143: 'SIGTERM', 139: 'SIGSEGV', 134: 'SIGABRT' }
  return names[code ?? 0] ?? `exit ${code ?? 0}`
}

/** The last lines of a log, for an error message; empty when there is none. */
export async function lastLines(logFile: string, count = 15): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '')
  return text.trimEnd().split('\n').slice(-count).join('\n')
}
