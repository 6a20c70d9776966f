import { countPairs, pairAccuracy } from './pnr.js'

/**
 * The area under the ROC curve: the chance that a relevant document has a higher score than another one, ties half
 * (Mann–Whitney).
 *
 * @param labels above 0 is relevant
 * @returns in [0, 1]; null when all documents are relevant, or none
 */
export function auc(labels: readonly number[], scores: readonly number[]): number | null {
  const relevance = labels.map((label) => (label > 0 ? 1 : 0))
  return pairAccuracy(countPairs(relevance, scores))
}
