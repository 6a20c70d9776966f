import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { addPairs, countPairs, noPairs, pairAccuracy, pnr } from '../../../../models/metrics/pnr.js'

const naive = (labels: readonly number[], scores: readonly number[]) => {
  const counts = { positive: 0, negative: 0, tied: 0 }
  labels.forEach((label, i) => {
    labels.forEach((other, j) => {
      if (label <= other) return
      if (scores[i]! > scores[j]!) counts.positive++
      else if (scores[i]! < scores[j]!) counts.negative++
      else counts.tied++
    })
  })
  return counts
}

const documents = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: -3, max: 3 })), { maxLength: 40 })

describe('the positive-negative ratio', () => {
  it('is 1.5 for P = 2, N = 1, T = 2: ties count half to each side', () => {
    const total = [
      countPairs([2, 1, 0], [0.9, 0.9, 0.1]),
      countPairs([1, 0, 1], [0.3, 0.5, 0.5]),
      countPairs([1], [0.7]),
    ].reduce(addPairs, noPairs)
    expect(total).toEqual({ positive: 2, negative: 1, tied: 2 })
    expect(pnr(total)).toBe(1.5)
    expect(pairAccuracy(total)).toBe(0.6)
  })

  it('counts the pairs that a comparison of all with all counts', () => {
    fc.assert(
      fc.property(documents, (rows) => {
        const [labels, scores] = [rows.map(([label]) => label), rows.map(([, score]) => score)]
        expect(countPairs(labels, scores)).toEqual(naive(labels, scores))
      }),
    )
  })

  it('does not divide by zero, and has no accuracy without pairs', () => {
    expect(pnr(countPairs([1, 0], [2, 1]))).toBe(1)
    expect(pairAccuracy(countPairs([1, 1], [2, 1]))).toBeNull()
  })

  it('refuses columns of different lengths', () => {
    expect(() => countPairs([1], [])).toThrow(RangeError)
  })
})
