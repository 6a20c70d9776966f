import {
  pnrDifferenceInterval,
  pnrInterval,
  totalOf,
  type BootstrapOptions,
  type Interval,
} from '../metrics/paired-bootstrap.js'
import { countPairs, pairAccuracy, pnr, type PairCounts } from '../metrics/pnr.js'
import { scorers, type PairScores, type Scorer } from './scorers.js'

export type Truth = 'perceived' | 'content'

/** A list of graded videos of one query with their scores, in one order. */
export interface ScoredGrades {
  readonly grades: readonly Readonly<Record<Truth, number>>[]
  readonly scores: readonly PairScores[]
}

/** How a scorer does by one truth, and how the fusion that is made for that truth does beside it. */
export interface ScorerJudgement extends PairCounts {
  readonly scorer: Scorer
  readonly pnr: number
  readonly interval: Interval
  readonly pair_accuracy: number | null
  /** PNR of the fusion minus that of the scorer, over the same queries; null for the fusion itself. */
  readonly fusion_ahead: { readonly value: number; readonly interval: Interval } | null
}

/** The fusion that is made for a truth. */
export const fusionOf = { perceived: 'perception', content: 'content' } as const satisfies Record<Truth, Scorer>

/**
 * Every scorer by one truth. Videos are compared within a list; intervals are of 95 %, queries resampled with all their
 * lists, in pairs with the fusion.
 */
export async function judgeScorers(
  queries: readonly (readonly ScoredGrades[])[],
  truth: Truth,
  options: BootstrapOptions,
): Promise<ScorerJudgement[]> {
  const fusion = countsOf(queries, truth, fusionOf[truth])
  const judged: ScorerJudgement[] = []
  for (const scorer of scorers) {
    const counts = countsOf(queries, truth, scorer)
    const total = totalOf(counts)
    judged.push({
      ...{ scorer, ...total, pnr: pnr(total), pair_accuracy: pairAccuracy(total) },
      interval: await pnrInterval(counts, options),
      fusion_ahead: scorer === fusionOf[truth] ? null : await aheadOf(counts, fusion, options),
    })
  }
  return judged
}

const aheadOf = async (counts: readonly PairCounts[], fusion: readonly PairCounts[], options: BootstrapOptions) => ({
  value: pnr(totalOf(fusion)) - pnr(totalOf(counts)),
  interval: await pnrDifferenceInterval(fusion, counts, options),
})

const countsOf = (queries: readonly (readonly ScoredGrades[])[], truth: Truth, scorer: Scorer): PairCounts[] =>
  queries.map((lists) => totalOf(lists.map((list) => countsOfList(list, truth, scorer))))

const countsOfList = ({ grades, scores }: ScoredGrades, truth: Truth, scorer: Scorer): PairCounts =>
  countPairs(
    grades.map((grade) => grade[truth]),
    withoutGaps(scores.map((each) => each[scorer])),
  )

/** A missing score is the mean of the list's others: neither reward nor fine (as in models/training). */
export function withoutGaps(scores: readonly (number | null)[]): number[] {
  const known = scores.filter((score) => score !== null)
  const mean = known.reduce((sum, score) => sum + score, 0) / Math.max(1, known.length)
  // The mean of equal numbers may be rounded past them, and then it would not tie with them.
  const between = known.length === 0 ? 0 : Math.min(Math.max(mean, Math.min(...known)), Math.max(...known))
  return scores.map((score) => score ?? between)
}
