import { blocksOfEqualScore } from './pnr.js'

/**
 * Normalised discounted cumulative gain of one query's ranking: gain 2^label − 1, discount log2(rank + 1) (Burges et
 * al. 2005). Documents of equal score share the mean gain of their ranks, which is the expectation over all orders of
 * them (McSherry and Najork, ECIR 2008): the order of the input never matters.
 *
 * @param labels at least 0
 * @param depth how many ranks count
 * @returns in [0, 1]; null when no document is relevant
 */
export function ndcg(labels: readonly number[], scores: readonly number[], depth: number): number | null {
  const best = [...labels].sort((a, b) => b - a).map(gain)
  const ideal = best.slice(0, depth).reduce((sum, each, rank) => sum + each * discount(rank), 0)
  if (ideal === 0) return null
  let reached = 0
  let rank = 0
  for (const block of [...blocksOfEqualScore(scores)].reverse()) {
    const mean = block.reduce((sum, document) => sum + gain(labels[document]!), 0) / block.length
    const end = rank + block.length
    for (; rank < Math.min(end, depth); rank++) reached += mean * discount(rank)
    rank = end
  }
  return reached / ideal
}

const gain = (label: number): number => 2 ** label - 1

/** @param rank from 0 */
const discount = (rank: number): number => 1 / Math.log2(rank + 2)
