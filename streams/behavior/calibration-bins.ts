import { nearestRanks } from './calibration-compute.js'

/**
 * Bins that completions are counted in before single values are looked at. A power of two, so that multiplying is
 * exact and the bin of a completion never falls as the completion grows, in the engine and here alike.
 */
export const BINS = 2 ** 16

/** How many completions fall into a bin. */
export interface BinCount {
  readonly bin: number
  readonly n: number
}

/** How many completions have one value, which lies in that bin. */
export interface ValueCount extends BinCount {
  readonly completion: number
}

/** Where the ranks of one grid lie: the bins to look into, with the number of completions in the bins before each. */
export interface RankPlan {
  readonly outcomes: number
  readonly ranks: readonly number[]
  readonly bins: ReadonlyMap<number, { readonly before: number; readonly n: number }>
}

/** From the counts of all bins, ascending, the few bins that hold a rank. */
export function planRanks(counts: readonly BinCount[]): RankPlan {
  const outcomes = counts.reduce((sum, { n }) => sum + n, 0)
  const ranks = outcomes === 0 ? [] : nearestRanks(outcomes)
  const bins = new Map<number, { before: number; n: number }>()
  let before = 0
  let next = 0
  for (const { bin, n } of counts) {
    if (next < ranks.length && ranks[next]! <= before + n) bins.set(bin, { before, n })
    before += n
    while (next < ranks.length && ranks[next]! <= before) next++
  }
  return { outcomes, ranks, bins }
}

/**
 * The grid, from the values in the planned bins, ascending. Null when a bin no longer holds as many values as were
 * counted: the outcomes changed in between.
 */
export function pickGrid({ ranks, bins }: RankPlan, values: readonly ValueCount[]): number[] | null {
  const found = new Map<number, number>()
  const grid: number[] = []
  for (const { bin, completion, n } of values) {
    const planned = bins.get(bin)
    if (!planned) continue
    const inBin = (found.get(bin) ?? 0) + n
    found.set(bin, inBin)
    while (grid.length < ranks.length && ranks[grid.length]! <= planned.before + inBin) grid.push(completion)
  }
  const unchanged = [...bins].every(([bin, { n }]) => found.get(bin) === n)
  return unchanged ? grid : null
}
