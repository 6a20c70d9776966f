import { RecordError } from '../../errors/errors.js'
import type { CalibrationPublished } from '../../schemas/events.js'

/** A grid holds the quantiles at 0, 1, …, 100 %. */
export const GRID_POINTS = 101

/** The duration bucket of a video: the number of edges at or below its whole seconds. */
export function bucketOf(durationMs: number, edgesS: readonly number[]): number {
  const seconds = Math.floor(durationMs / 1000)
  const above = edgesS.findIndex((edge) => seconds < edge)
  return above < 0 ? edgesS.length : above
}

/**
 * Where a completion stands among those of videos of about the same duration: from 0 to 1, so that a short video does
 * not win by being short. A bucket that had too few outcomes uses the grid of all durations.
 */
export function quantileOf(calibration: CalibrationPublished, completion: number, durationMs: number): number {
  const own = calibration.grids[bucketOf(durationMs, calibration.bucket_edges_s)] ?? []
  const grid = own.length > 0 ? own : calibration.grid_all
  const below = pointsUpTo(grid, (point) => point < completion)
  const belowOrEqual = pointsUpTo(grid, (point) => point <= completion)
  return (below + (belowOrEqual - below) / 2) / GRID_POINTS
}

/** How many points of an ascending grid hold, where all that hold come first: a binary search. */
function pointsUpTo(grid: readonly number[], holds: (point: number) => boolean): number {
  let low = 0
  let high = grid.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(grid[middle]!)) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * The newest calibration that was effective when a request was shown, or null when there was none yet. Of two that
 * became effective at the same time the greater version (by code units) counts, whatever the order of arrival.
 */
export function calibrationFor(
  calibrations: Iterable<CalibrationPublished>,
  shownAt: number,
): CalibrationPublished | null {
  let newest: CalibrationPublished | null = null
  for (const calibration of calibrations)
    if (calibration.effective_from <= shownAt && (newest === null || isNewer(calibration, newest))) newest = calibration
  return newest
}

const isNewer = (one: CalibrationPublished, other: CalibrationPublished): boolean =>
  one.effective_from === other.effective_from ? one.version > other.version : one.effective_from > other.effective_from

/**
 * Returns the calibration if labels can be computed with it: whoever reads one from the topic calls this first.
 * Throws a RecordError POLICY_INVALID naming the field.
 */
export function checkCalibration(calibration: CalibrationPublished): CalibrationPublished {
  const { version, bucket_edges_s: edges, grids, grid_all } = calibration
  const refuse = (problem: string): never => {
    throw new RecordError('POLICY_INVALID', `calibration ${version}: ${problem}`)
  }
  if (version === '') refuse('version: empty')
  if (edges.some((edge, i) => !Number.isSafeInteger(edge) || edge <= (edges[i - 1] ?? 0)))
    refuse('bucket_edges_s: must ascend in whole seconds')
  if (grids.length !== edges.length + 1) refuse(`grids: ${grids.length} for ${edges.length} edges`)
  const wrong = grids.findIndex((grid) => grid.length > 0 && !isGrid(grid))
  if (wrong >= 0) refuse(`grids[${wrong}]: must be empty or ${GRID_POINTS} ascending completions`)
  if (!isGrid(grid_all)) refuse(`grid_all: must be ${GRID_POINTS} ascending completions`)
  return calibration
}

const isGrid = (grid: readonly number[]): boolean =>
  grid.length === GRID_POINTS && grid.every((point, i) => point >= (grid[i - 1] ?? 0) && point <= 1)
