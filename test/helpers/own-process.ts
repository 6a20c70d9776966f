import type { ChildProcess } from 'node:child_process'
import { afterAll } from '@jest/globals'
import { runTypeScript } from './run-typescript.js'
import { until } from './until.js'

export interface OwnProcess<Told> {
  readonly child: ChildProcess
  /** The first line it printed, read as JSON. */
  readonly told: Told
  /** SIGKILL, and its end. */
  readonly kill: () => Promise<void>
}

/** A test that fails before it ends its process must not keep jest waiting. */
const living = new Set<ChildProcess>()
afterAll(() => living.forEach((child) => child.kill('SIGKILL')))

/** Runs one of our TypeScript files in a process of its own and waits for the first line that it prints. */
export async function ownProcess<Told>(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<OwnProcess<Told>> {
  const child = runTypeScript(file, args, ['ignore', 'pipe', 'inherit'], env)
  living.add(child)
  const closed = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let text = ''
  child.stdout!.on('data', (chunk) => (text += String(chunk)))
  const line = await until(() => (text.includes('\n') ? text.slice(0, text.indexOf('\n')) : undefined), {
    withinMs: 120_000,
  })
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await closed
  }
  return { child, told: JSON.parse(line) as Told, kill }
}

/** Whether a process of this pid runs (and is more than a remnant that waits for its parent to notice). */
export function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
