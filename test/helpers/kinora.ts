import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { packageRoot } from '../../config/package-root.js'

/** How a run of the command line ended. */
export interface Run {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

const main = (): string => join(packageRoot(), 'dist', 'cli', 'main.js')

/** Settings of the developer's shell that would lead a test to other stores. */
const cleared = {
  KAFKA_BROKERS: '',
  REDIS_URL: '',
  CLICKHOUSE_URL: '',
  KINORA_DATA_DIR: '',
  KINORA_NAMESPACE: '',
  KINORA_CLOCK: '',
}

/** Starts the built command line in a folder of its own, as a user would; what it prints is collected. */
export function startKinora(args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}) {
  const child: ChildProcess = spawn(process.execPath, [main(), ...args], {
    cwd,
    env: { ...process.env, ...cleared, CI: 'true', NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const printed = { out: '', err: '' }
  child.stdout!.on('data', (chunk: Buffer) => (printed.out += chunk.toString()))
  child.stderr!.on('data', (chunk: Buffer) => (printed.err += chunk.toString()))
  const ended = once(child, 'close').then(([code]): Run => ({ code: code as number | null, ...printed }))
  return { child, printed, ended }
}

/** Runs a command to its end. */
export const kinora = (args: readonly string[], cwd: string, env?: Readonly<Record<string, string>>): Promise<Run> =>
  startKinora(args, cwd, env).ended

/** The lines of JSON that a command printed. */
export const jsonLines = <Row>({ out }: Run): Row[] =>
  out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row)
