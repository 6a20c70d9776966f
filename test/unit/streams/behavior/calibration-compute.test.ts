import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { checkCalibration } from '../../../../streams/behavior/calibration.js'
import {
  computeCalibration,
  nearestRanks,
  type CalibrationInput,
} from '../../../../streams/behavior/calibration-compute.js'

const request = { version: 'c1', effective_from: 9, from: 100, to: 200 }
const watched = (completion: number, more: Partial<CalibrationInput> = {}): CalibrationInput => ({
  shown_at: 100,
  clicked: true,
  duration_ms: 10_000,
  completion,
  ...more,
})
const evenly = (n: number): CalibrationInput[] => Array.from({ length: n }, (_, i) => watched((i + 1) / n))

describe('nearestRanks', () => {
  it.each([
    [1, 0, 1],
    [1, 100, 1],
    [2, 50, 1],
    [2, 51, 2],
    [100, 0, 1],
    [100, 1, 1],
    [100, 2, 2],
    [101, 1, 2],
    [1000, 1, 10],
    [1000, 50, 500],
    [1001, 50, 501],
    [30_000_001, 29, 8_700_001],
  ])('of %d values puts the %d %% quantile at rank %d', (n, k, rank) => {
    expect(nearestRanks(n)[k]).toBe(rank)
  })

  it('starts at 1, ends at n and never falls', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 40 }), (n) => {
        const ranks = nearestRanks(n)
        expect([ranks.length, ranks[0], ranks[100]]).toEqual([101, 1, n])
        for (let k = 0; k <= 100; k++) expect(BigInt(ranks[k]!)).toBe(bigRank(k, n))
      }),
    )
  })
})

const bigRank = (k: number, n: number): bigint => {
  const rank = (BigInt(k) * BigInt(n) + 99n) / 100n
  return rank < 1n ? 1n : rank
}

describe('computeCalibration', () => {
  it('takes the nearest rank at every percent, whatever the order of the outcomes', () => {
    const { grids, grid_all, outcomes } = computeCalibration(evenly(1_000).reverse(), request)
    expect(outcomes).toBe(1_000)
    expect(grid_all).toEqual([0.001, ...Array.from({ length: 100 }, (_, k) => (10 * (k + 1)) / 1_000)])
    expect(grids).toEqual([[], grid_all, [], [], [], [], [], [], []])
  })

  it.each([
    [199, 0],
    [200, 101],
  ])('a bucket with %d outcomes has a grid of %d points', (n, points) => {
    const { grids, grid_all } = computeCalibration(evenly(n), request)
    expect(grids[1]).toHaveLength(points)
    expect(grid_all).toHaveLength(101)
  })

  it('keeps the buckets apart and puts all durations into grid_all', () => {
    const short = Array.from({ length: 200 }, () => watched(1, { duration_ms: 6_999 }))
    const long = Array.from({ length: 200 }, () => watched(0.25, { duration_ms: 1_200_000 }))
    const { grids, grid_all } = computeCalibration([...short, ...long], request)
    expect([grids[0]![0], grids[8]![100]]).toEqual([1, 0.25])
    expect([grid_all[50], grid_all[51]]).toEqual([0.25, 1])
  })

  it('passes over what was not clicked, has no known duration, or was shown outside [from, to)', () => {
    const others = [
      watched(0, { clicked: false }),
      watched(0, { duration_ms: null }),
      { ...watched(0), duration_ms: null, completion: null },
      watched(0, { shown_at: 99 }),
      watched(0, { shown_at: 200 }),
    ]
    const { outcomes, grid_all } = computeCalibration(
      [...others, watched(0.5), watched(0.5, { shown_at: 199 })],
      request,
    )
    expect([outcomes, grid_all[0]]).toEqual([2, 0.5])
  })

  it('records its version, its effect and what it was computed from', () => {
    expect(computeCalibration(evenly(1), request)).toMatchObject({
      version: 'c1',
      effective_from: 9,
      computed_from: 100,
      computed_to: 200,
      bucket_edges_s: [7, 18, 30, 60, 120, 300, 600, 1200],
    })
  })

  it('refuses to calibrate with nothing', () => {
    expect(() => computeCalibration([], request)).toThrow(expect.objectContaining({ code: 'POLICY_INVALID' }))
  })

  it('always gives a calibration that labels can be computed with', () => {
    const input = fc.record({
      shown_at: fc.constant(100),
      clicked: fc.constant(true),
      duration_ms: fc.integer({ min: 1, max: 2_000_000 }),
      completion: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.array(input, { minLength: 1, maxLength: 500 }), (inputs) => {
        checkCalibration(computeCalibration(inputs, request))
      }),
      { numRuns: 30 },
    )
  })
})
