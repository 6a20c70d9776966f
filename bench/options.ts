import { parseArgs } from 'node:util'

export const benchmarks = ['joiner', 'growth', 'takeover', 'sink', 'embed', 'query', 'memory', 'decode'] as const
export type BenchmarkName = (typeof benchmarks)[number]

export interface BenchOptions {
  /** Which to run, in this order. */
  readonly names: readonly BenchmarkName[]
  readonly events: number
  readonly rounds: number
  /** Of Kafka Streams. */
  readonly threads: number
  readonly seed: number
  /** Of embed. */
  readonly videos: number
  /** Of query, and batches of memory. */
  readonly queries: number
  readonly batches: number
  /** Of decode. */
  readonly clips: number
  /** A folder for a CPU profile of each joiner process (`node --cpu-prof`). */
  readonly profile: string | undefined
  /** Flags for node of each joiner process. */
  readonly nodeFlags: readonly string[]
}

/** How `npm run bench` is called. */
export const usage = `npm run bench -- [${benchmarks.join(' | ')}] [options]
  --events N     events of joiner, the largest of growth (1000000)
  --videos N     videos of embed (64)
  --queries N    queries of query (2000)
  --batches N    batches of memory (10000)
  --clips N      short clips of decode, in each round (200)
  --rounds N     alternating rounds of the joiner and its rival, and of embed (3)
  --threads N    stream threads of the rival (1)
  --seed N       seed of what is generated (1)
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
        videos: { type: 'string', default: '64' },
        queries: { type: 'string', default: '2000' },
        batches: { type: 'string', default: '10000' },
        clips: { type: 'string', default: '200' },
        profile: { type: 'string' },
        'node-flags': { type: 'string', default: '' },
      },
    })
    const names = ['events', 'rounds', 'threads', 'seed', 'videos', 'queries', 'batches', 'clips'] as const
    const numbers = Object.fromEntries(names.map((name) => [name, positive(name, values[name])])) as Record<
      (typeof names)[number],
      number
    >
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
