import { parseArgs } from 'node:util'

export const benchmarks = ['joiner', 'growth', 'takeover', 'sink'] as const
export type BenchmarkName = (typeof benchmarks)[number]

export interface BenchOptions {
  /** Which to run, in this order. */
  readonly names: readonly BenchmarkName[]
  readonly events: number
  readonly rounds: number
  /** Of Kafka Streams. */
  readonly threads: number
  readonly seed: number
  /** A folder for a CPU profile of each joiner process (`node --cpu-prof`). */
  readonly profile: string | undefined
  /** Flags for node of each joiner process. */
  readonly nodeFlags: readonly string[]
}

/** How `npm run bench` is called. */
export const usage = `npm run bench -- [${benchmarks.join(' | ')}] [options]
  --events N     events of joiner, the largest of growth (1000000)
  --rounds N     alternating rounds of the joiner and its rival (3)
  --threads N    stream threads of the rival (1)
  --seed N       seed of the generated events (1)
  --profile DIR  write a CPU profile of the joiner to this folder
  --node-flags=FLAGS  start the joiner with these, such as --node-flags=--max-semi-space-size=64`

/** @throws Error with the usage when the arguments make no sense */
export function parseOptions(args: readonly string[]): BenchOptions {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        events: { type: 'string', default: '1000000' },
        rounds: { type: 'string', default: '3' },
        threads: { type: 'string', default: '1' },
        seed: { type: 'string', default: '1' },
        profile: { type: 'string' },
        'node-flags': { type: 'string', default: '' },
      },
    })
    const number = (name: 'events' | 'rounds' | 'threads' | 'seed') => positive(name, values[name])
    const numbers = {
      events: number('events'),
      rounds: number('rounds'),
      threads: number('threads'),
      seed: number('seed'),
    }
    const nodeFlags = values['node-flags'].split(' ').filter(Boolean)
    return { names: namesOf(positionals), ...numbers, profile: values.profile, nodeFlags }
  } catch (error) {
    throw new Error(`${(error as Error).message}\n\n${usage}`, { cause: error })
  }
}

function positive(name: string, text: string): number {
  const number = Number(text.replaceAll(/[_,]/g, ''))
  if (Number.isInteger(number) && number > 0) return number
  throw new Error(`--${name} ${text} is not a positive whole number`)
}

function namesOf(positionals: readonly string[]): readonly BenchmarkName[] {
  const unknown = positionals.find((name) => !benchmarks.includes(name as BenchmarkName))
  if (unknown !== undefined) throw new Error(`there is no benchmark ${unknown}`)
  return positionals.length === 0 ? benchmarks : benchmarks.filter((name) => positionals.includes(name))
}
