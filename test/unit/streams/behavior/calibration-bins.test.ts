import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  BINS,
  pickGrid,
  planRanks,
  type BinCount,
  type ValueCount,
} from '../../../../streams/behavior/calibration-bins.js'
import { nearestRanks } from '../../../../streams/behavior/calibration-compute.js'

const binOf = (completion: number): number => Math.floor(completion * BINS)
const ascending = (a: number, b: number): number => a - b

function valueCounts(completions: readonly number[]): ValueCount[] {
  const counts = new Map<number, number>()
  for (const completion of [...completions].sort(ascending)) counts.set(completion, (counts.get(completion) ?? 0) + 1)
  return [...counts].map(([completion, n]) => ({ bin: binOf(completion), completion, n }))
}

function binCounts(completions: readonly number[]): BinCount[] {
  const counts = new Map<number, number>()
  for (const bin of completions.map(binOf).sort(ascending)) counts.set(bin, (counts.get(bin) ?? 0) + 1)
  return [...counts].map(([bin, n]) => ({ bin, n }))
}

// Neighbours within a bin, ties, and the ends.
const completion = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.constantFrom(0, 0.5, 1),
  fc.integer({ min: 0, max: 50 }).map((i) => 0.25 + i * 1e-9),
)

describe('grids found by counting bins first', () => {
  it('equal those of the sorted completions', () => {
    fc.assert(
      fc.property(fc.array(completion, { minLength: 1, maxLength: 400 }), (completions) => {
        const plan = planRanks(binCounts(completions))
        const planned = valueCounts(completions).filter((value) => plan.bins.has(value.bin))
        const sorted = [...completions].sort(ascending)
        const expected = nearestRanks(sorted.length).map((rank) => sorted[rank - 1]!)
        expect(plan.outcomes).toBe(completions.length)
        expect(pickGrid(plan, planned)).toEqual(expected)
        expect(pickGrid(plan, valueCounts(completions))).toEqual(expected)
      }),
    )
  })

  it('look into at most one bin per grid point', () => {
    const completions = Array.from({ length: 50_000 }, (_, i) => i / 50_000)
    expect(planRanks(binCounts(completions)).bins.size).toBeLessThanOrEqual(101)
  })

  it('are empty over nothing', () => {
    expect(pickGrid(planRanks([]), valueCounts([0.5]))).toEqual([])
  })

  it.each([
    ['more', [0.1, 0.1, 0.9]],
    ['fewer', [0.9]],
  ])('are refused when the planned bins now hold %s values than were counted', (_, now) => {
    expect(pickGrid(planRanks(binCounts([0.1, 0.9])), valueCounts(now))).toBeNull()
  })
})
