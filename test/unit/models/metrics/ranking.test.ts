import { describe, expect, it } from '@jest/globals'
import { auc } from '../../../../models/metrics/auc.js'
import { ndcg } from '../../../../models/metrics/ndcg.js'

describe('AUC', () => {
  it('is the chance that a relevant document is ahead, ties half', () => {
    expect(auc([1, 0, 2, 0], [0.9, 0.1, 0.5, 0.5])).toBe((1 + 1 + 1 + 0.5) / 4)
  })

  it('is unknown when all are relevant, or none', () => {
    expect(auc([1, 2], [0, 1])).toBeNull()
    expect(auc([0, 0], [0, 1])).toBeNull()
  })
})

describe('NDCG', () => {
  it('divides the discounted gain by that of the best order', () => {
    const reached = 1 / Math.log2(2) + 3 / Math.log2(4)
    const best = 3 / Math.log2(2) + 1 / Math.log2(3)
    expect(ndcg([1, 0, 2], [3, 2, 1], 10)).toBeCloseTo(reached / best, 12)
    expect(ndcg([1, 0, 2], [2, 1, 3], 10)).toBe(1)
  })

  it('looks no deeper than asked', () => {
    expect(ndcg([0, 1], [2, 1], 1)).toBe(0)
  })

  it('does not depend on the order of documents with equal scores', () => {
    const half = (1 / Math.log2(2) + 1 / Math.log2(3)) / 2
    expect(ndcg([1, 0], [5, 5], 10)).toBeCloseTo(half, 12)
    expect(ndcg([0, 1], [5, 5], 10)).toBeCloseTo(half, 12)
  })

  it('is unknown without a relevant document', () => {
    expect(ndcg([0, 0], [1, 2], 10)).toBeNull()
  })
})
