import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { FatalError } from '../../errors/errors.js'

export interface Program {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  /** Ends the program as Ctrl-C would. */
  readonly signal: AbortSignal
}

/**
 * Runs a program to its end; what it prints goes where ours goes.
 *
 * @throws FatalError TRAINING_FAILED when it cannot be started or ends with anything but 0; what the signal was aborted
 *   with, when it was
 */
export async function runProgram({ command, args, cwd, signal }: Program): Promise<void> {
  signal.throwIfAborted()
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] })
  const end = (): void => void child.kill('SIGINT')
  signal.addEventListener('abort', end, { once: true })
  try {
    const code = await new Promise<number>((done, failed) => {
      child.once('error', failed)
      child.once('close', (status, by) => done(status ?? 128 + constants.signals[by!]))
    })
    signal.throwIfAborted()
    if (code !== 0) throw new Error(`ended with ${code}`)
  } catch (error) {
    signal.throwIfAborted()
    const reason = error instanceof Error ? error.message : String(error)
    throw new FatalError('TRAINING_FAILED', `${[command, ...args].join(' ')}: ${reason}`, { cause: error })
  } finally {
    signal.removeEventListener('abort', end)
  }
}
