import { auc } from './auc.js'
import { ndcg } from './ndcg.js'
import {
  pnrDifferenceInterval,
  pnrInterval,
  totalOf,
  type BootstrapOptions,
  type Interval,
} from './paired-bootstrap.js'
import { countPairs, pairAccuracy, pnr, type PairCounts } from './pnr.js'
import type { ScoredQuery } from './score-file.js'

const NDCG_DEPTH = 10

/** How well one system orders the documents of queries. */
export interface Judgement extends PairCounts {
  readonly pnr: number
  readonly pnr_interval: Interval
  readonly pair_accuracy: number | null
  /** Over all documents of all queries together. */
  readonly auc: number | null
  /** The mean over queries that have a relevant document. */
  readonly ndcg_at_10: number | null
}

export interface Comparison {
  readonly queries: number
  readonly documents: number
  readonly system: Judgement
  readonly rival?: Judgement
  /** PNR of the system minus that of its rival, over the same queries. */
  readonly pnr_difference?: { readonly value: number; readonly interval: Interval }
}

/** Judges the scores of a file, and its rival's when it has some. */
export async function judge(queries: readonly ScoredQuery[], options: BootstrapOptions): Promise<Comparison> {
  const labels = queries.map((query) => query.labels)
  const scores = queries.map((query) => query.scores)
  const rivals = queries.map((query) => query.rivals)
  const counts = pairsOfQueries(labels, scores)
  const documents = labels.reduce((sum, { length }) => sum + length, 0)
  const system = await judgementOf(labels, scores, counts, options)
  if (rivals[0]?.length === 0) return { queries: queries.length, documents, system }
  const rivalCounts = pairsOfQueries(labels, rivals)
  const rival = await judgementOf(labels, rivals, rivalCounts, options)
  const interval = await pnrDifferenceInterval(counts, rivalCounts, options)
  const pnr_difference = { value: system.pnr - rival.pnr, interval }
  return { queries: queries.length, documents, system, rival, pnr_difference }
}

type Columns = readonly (readonly number[])[]

const pairsOfQueries = (labels: Columns, scores: Columns): PairCounts[] =>
  labels.map((each, query) => countPairs(each, scores[query]!))

async function judgementOf(
  labels: Columns,
  scores: Columns,
  counts: readonly PairCounts[],
  options: BootstrapOptions,
): Promise<Judgement> {
  const total = totalOf(counts)
  const gains = labels.map((each, query) => ndcg(each, scores[query]!, NDCG_DEPTH)).filter((value) => value !== null)
  return {
    ...total,
    pnr: pnr(total),
    pnr_interval: await pnrInterval(counts, options),
    pair_accuracy: pairAccuracy(total),
    auc: auc(labels.flat(), scores.flat()),
    ndcg_at_10: gains.length === 0 ? null : gains.reduce((sum, value) => sum + value, 0) / gains.length,
  }
}
