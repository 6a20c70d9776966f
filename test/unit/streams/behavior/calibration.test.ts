import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { bucketOf, calibrationFor, checkCalibration, quantileOf } from '../../../../streams/behavior/calibration.js'
import { calibration } from '../../../helpers/outcomes.js'

const edges = calibration().bucket_edges_s
const constant = (value: number): number[] => Array.from({ length: 101 }, () => value)

describe('bucketOf', () => {
  it.each([
    [1, 0],
    [6_999, 0],
    [7_000, 1],
    [17_999, 1],
    [18_000, 2],
    [1_199_999, 7],
    [1_200_000, 8],
    [2_592_000_000, 8],
  ])('puts a duration of %d ms, in whole seconds, into bucket %d: [low, high)', (durationMs, bucket) => {
    expect(bucketOf(durationMs, edges)).toBe(bucket)
  })
})

describe('quantileOf', () => {
  const own = calibration({ grids: calibration().grids.with(1, constant(0.5)) })

  it.each([
    ['below every point', 0.4, 0],
    ['equal to all points', 0.5, 0.5],
    ['above every point', 0.6, 1],
  ])('is (points below + half of those equal) / 101: %s', (_, completion, quantile) => {
    expect(quantileOf(own, completion, 7_000)).toBe(quantile)
  })

  it('counts a single equal point half', () => {
    expect(quantileOf(calibration(), 0.25, 7_000)).toBe(25.5 / 101)
    expect(quantileOf(calibration(), 0.255, 7_000)).toBe(26 / 101)
  })

  it('uses the grid of all durations where the bucket has none', () => {
    expect(quantileOf(own, 0.6, 6_999)).toBe(61 / 101 - 0.5 / 101)
    expect(quantileOf(own, 0.6, 18_000)).toBe(60.5 / 101)
  })

  const grid = fc
    .array(fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.5, 1)), {
      minLength: 101,
      maxLength: 101,
    })
    .map((points) => points.sort((a, b) => a - b))
  const completion = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.5, 1))

  it('equals the definition counted point by point, stays in [0, 1] and never falls with completion', () => {
    fc.assert(
      fc.property(grid, completion, completion, (points, one, other) => {
        const of = (c: number) => quantileOf(calibration({ grid_all: points }), c, 1)
        const below = points.filter((point) => point < one).length
        const equal = points.filter((point) => point === one).length
        expect(of(one)).toBe((below + equal / 2) / 101)
        expect(of(one)).toBeGreaterThanOrEqual(0)
        expect(of(one)).toBeLessThanOrEqual(1)
        expect(of(Math.min(one, other))).toBeLessThanOrEqual(of(Math.max(one, other)))
      }),
    )
  })
})

describe('calibrationFor', () => {
  const old = calibration({ version: 'old', effective_from: 100 })
  const young = calibration({ version: 'young', effective_from: 200 })

  it.each([
    [99, null],
    [100, 'old'],
    [199, 'old'],
    [200, 'young'],
    [1e15, 'young'],
  ])('of a request shown at %d is the newest effective one: %s', (shownAt, version) => {
    expect(calibrationFor([old, young], shownAt)?.version ?? null).toBe(version)
    expect(calibrationFor([young, old], shownAt)?.version ?? null).toBe(version)
  })

  it('is none when there are none', () => {
    expect(calibrationFor([], 1)).toBeNull()
  })

  it('of two that became effective together is the greater version, in whatever order they came', () => {
    const twin = calibration({ version: 'zebra', effective_from: 200 })
    expect(calibrationFor([young, twin], 200)).toBe(twin)
    expect(calibrationFor([twin, young], 200)).toBe(twin)
  })
})

describe('checkCalibration', () => {
  it('returns one that labels can be computed with', () => {
    expect(checkCalibration(calibration())).toEqual(calibration())
  })

  it.each([
    ['version', { version: '' }],
    ['bucket_edges_s', { bucket_edges_s: [7, 7], grids: [[], [], []] }],
    ['bucket_edges_s', { bucket_edges_s: [0, 7], grids: [[], [], []] }],
    ['bucket_edges_s', { bucket_edges_s: [7.5], grids: [[], []] }],
    ['grids', { grids: [[]] }],
    ['grids[8]', { grids: calibration().grids.with(8, [0.5]) }],
    ['grid_all', { grid_all: [] }],
    ['grid_all', { grid_all: constant(1.5) }],
    ['grid_all', { grid_all: constant(NaN) }],
    ['grid_all', { grid_all: [...constant(0.5)].fill(0.4, 100) }],
  ])('refuses a malformed one, naming %s', (field, more) => {
    expect(() => checkCalibration(calibration(more))).toThrow(
      expect.objectContaining({ code: 'POLICY_INVALID', message: expect.stringContaining(`${field}: `) }),
    )
  })
})
