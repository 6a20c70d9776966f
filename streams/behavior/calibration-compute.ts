import { FatalError } from '../../errors/errors.js'
import type { CalibrationPublished, Outcome } from '../../schemas/events.js'
import { bucketOf, GRID_POINTS } from './calibration.js'

/** Edges between the duration buckets, in whole seconds; a bucket is [low, high). */
export const BUCKET_EDGES_S: readonly number[] = [7, 18, 30, 60, 120, 300, 600, 1200]

/** A bucket with fewer outcomes than this has no grid of its own: its quantiles would be noise. */
export const LEAST_OUTCOMES = 200

/** What a calibration is called, when it takes effect, and which outcomes it is made of: shown_at in [from, to). */
export interface CalibrationRequest {
  readonly version: string
  readonly effective_from: number
  readonly from: number
  readonly to: number
}

/** What a calibration needs to know of an outcome. */
export type CalibrationInput = Pick<Outcome, 'shown_at' | 'clicked' | 'duration_ms' | 'completion'>

/**
 * Outcomes → calibration, exactly and in memory: the reference that the warehouse's answer equals
 * (calibration-in-warehouse.ts). Takes clicked outcomes with a known duration, shown in the range; the others are
 * passed over. Throws POLICY_INVALID when none is left: then there is nothing to calibrate with.
 */
export function computeCalibration(
  outcomes: Iterable<CalibrationInput>,
  request: CalibrationRequest,
): CalibrationPublished {
  const buckets: number[][] = Array.from({ length: BUCKET_EDGES_S.length + 1 }, () => [])
  for (const { shown_at, clicked, duration_ms, completion } of outcomes)
    if (clicked && duration_ms !== null && completion !== null && shown_at >= request.from && shown_at < request.to)
      buckets[bucketOf(duration_ms, BUCKET_EDGES_S)]!.push(completion)
  const sorted = (values: number[]): Float64Array => Float64Array.from(values).sort()
  return buildCalibration(request, {
    buckets: buckets.map((values) => ({ outcomes: values.length, grid: gridOf(sorted(values)) })),
    all: gridOf(sorted(buckets.flat())),
  })
}

/** A bucket's outcomes and the grid over them, which is only kept if they were enough. */
export interface BucketGrid {
  readonly outcomes: number
  readonly grid: number[]
}

/** Puts grids into a calibration, whoever computed them. Throws POLICY_INVALID when they are over no outcome at all. */
export function buildCalibration(
  { version, effective_from, from, to }: CalibrationRequest,
  { buckets, all }: { buckets: readonly BucketGrid[]; all: number[] },
): CalibrationPublished {
  const outcomes = buckets.reduce((sum, bucket) => sum + bucket.outcomes, 0)
  if (outcomes === 0)
    throw new FatalError('POLICY_INVALID', 'no clicked outcome with a known duration was shown in the range')
  return {
    version,
    effective_from,
    computed_from: from,
    computed_to: to,
    outcomes,
    bucket_edges_s: [...BUCKET_EDGES_S],
    grids: buckets.map((bucket) => (bucket.outcomes < LEAST_OUTCOMES ? [] : bucket.grid)),
    grid_all: all,
  }
}

/**
 * The nearest ranks, from 1, of the 101 quantiles among n sorted values: ⌊(k·n + 99) / 100⌋, at least 1. Whole numbers
 * only, since a rounding error would pick a neighbour.
 */
export const nearestRanks = (n: number): number[] =>
  Array.from({ length: GRID_POINTS }, (_, k) => Math.max(1, Math.floor((k * n + 99) / 100)))

const gridOf = (sorted: Float64Array): number[] =>
  sorted.length === 0 ? [] : nearestRanks(sorted.length).map((rank) => sorted[rank - 1]!)
