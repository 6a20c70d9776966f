import { setImmediate } from 'node:timers/promises'
import { addPairs, noPairs, pnr, type PairCounts } from './pnr.js'

export interface Interval {
  readonly low: number
  readonly high: number
}

export interface BootstrapOptions {
  readonly resamples: number
  readonly seed: number
  /** The share of resamples inside the interval. */
  readonly confidence?: number
  /** Looked at between draws. */
  readonly signal?: AbortSignal | undefined
}

/** Queries drawn between two looks at the rest of the process: a fraction of a second. */
const DRAWN_AT_ONCE = 1_000_000

/**
 * The percentile interval of a statistic over queries (Efron and Tibshirani 1993, §13.3): queries, not pairs, are
 * drawn with replacement, since the pairs of a query depend on each other. Two systems are compared by a statistic of
 * both on the same draw, which is what makes it paired.
 *
 * @param queries how many there are
 * @param statistic of the indices drawn
 * @throws RangeError without queries or resamples; what the signal was aborted with
 */
export async function bootstrapInterval(
  queries: number,
  statistic: (drawn: Uint32Array) => number,
  { resamples, seed, confidence = 0.95, signal }: BootstrapOptions,
): Promise<Interval> {
  if (queries < 1 || resamples < 1) throw new RangeError(`${queries} queries and ${resamples} resamples`)
  const random = sequence(seed)
  const drawn = new Uint32Array(queries)
  const values = new Float64Array(resamples)
  const pause = Math.ceil(DRAWN_AT_ONCE / queries)
  for (let draw = 0; draw < resamples; draw++) {
    if (draw % pause === 0) {
      await setImmediate()
      signal?.throwIfAborted()
    }
    for (let i = 0; i < queries; i++) drawn[i] = Math.floor(random() * queries)
    values[draw] = statistic(drawn)
  }
  values.sort()
  const tail = (1 - confidence) / 2
  const rank = (share: number): number => Math.min(resamples - 1, Math.floor(share * resamples))
  return { low: values[rank(tail)]!, high: values[rank(1 - tail)]! }
}

/** The interval of the PNR of one system. @param counts one entry a query */
export const pnrInterval = (counts: readonly PairCounts[], options: BootstrapOptions): Promise<Interval> =>
  bootstrapInterval(counts.length, (drawn) => pnr(sumOf(counts, drawn)), options)

/** The interval of PNR(a) − PNR(b) over the same queries. Throws RangeError when the lengths differ. */
export async function pnrDifferenceInterval(
  a: readonly PairCounts[],
  b: readonly PairCounts[],
  options: BootstrapOptions,
): Promise<Interval> {
  if (a.length !== b.length) throw new RangeError(`${a.length} and ${b.length} queries are not paired`)
  return bootstrapInterval(a.length, (drawn) => pnr(sumOf(a, drawn)) - pnr(sumOf(b, drawn)), options)
}

export const totalOf = (counts: readonly PairCounts[]): PairCounts => counts.reduce(addPairs, noPairs)

function sumOf(counts: readonly PairCounts[], drawn: Uint32Array): PairCounts {
  let [positive, negative, tied] = [0, 0, 0]
  for (const index of drawn) {
    const each = counts[index]!
    positive += each.positive
    negative += each.negative
    tied += each.tied
  }
  return { positive, negative, tied }
}

/** Numbers in [0, 1) that the seed decides (a 32-bit Weyl sequence with a mixing step). */
function sequence(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x9e3779b9) | 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }
}
