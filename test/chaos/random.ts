/** A seeded source of choices: the same seed gives the same log on every machine, so that a failure can be replayed. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number
  /** Uniform integer, both ends included. */
  int(low: number, high: number): number
  chance(probability: number): boolean
  pick<T>(from: readonly T[]): T
  /** One of the pairs' values, with probability in proportion to its weight. */
  weighted<T>(pairs: readonly (readonly [weight: number, value: T])[]): T
  /** Exponentially distributed, rounded down. */
  exponential(mean: number): number
  /** An independent source, so that one part of a log may change without moving all the others. */
  fork(): Random
}

/** mulberry32: 32 bits of state are plenty for test data. */
const uniform = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

export const createRandom = (seed: number): Random => {
  const next = uniform(seed)
  const int = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))
  const weighted = <T>(pairs: readonly (readonly [number, T])[]): T => {
    let left = next() * pairs.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, value] of pairs) {
      left -= weight
      if (left < 0) return value
    }
    return pairs[pairs.length - 1]![1]
  }
  return {
    next,
    int,
    weighted,
    chance: (probability) => next() < probability,
    pick: (from) => from[int(0, from.length - 1)]!,
    exponential: (mean) => Math.floor(-mean * Math.log(1 - next())),
    fork: () => createRandom(int(0, 2 ** 32 - 1)),
  }
}
