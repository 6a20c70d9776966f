import type { CalibrationPublished, Domain, Outcome, TrainingSample } from '../../schemas/events.js'

/** The versions newest last or in any order; which one an outcome uses is decided by its shown_at. */
export type Calibrations = readonly CalibrationPublished[]

interface Label {
  /** null: no sample, only its reason is counted. */
  grade: number | null
  reason: string
  weight: number
  quantile: number | null
}

/** Both policies over all outcomes of one request. */
export const samplesOf = (outcomes: readonly Outcome[], calibrations: Calibrations): TrainingSample[] => {
  const lowestClick = Math.max(-Infinity, ...outcomes.filter(({ clicked }) => clicked).map(({ position }) => position))
  return outcomes.flatMap((outcome) => {
    const calibration = calibrationAt(outcome.shown_at, calibrations)
    return [
      ...sample(outcome, 'perception', 'perception-v1', perception(outcome, lowestClick), null),
      ...sample(outcome, 'content', 'content-v1', content(outcome, lowestClick, calibration), calibration),
    ]
  })
}

const sample = (
  outcome: Outcome,
  domain: Domain,
  policy: string,
  { grade, reason, weight, quantile }: Label,
  calibration: CalibrationPublished | null,
): TrainingSample[] => {
  if (grade === null) return []
  const { request_id, video_id, user_id, query, position, shown_at } = outcome
  const version = quantile === null ? null : (calibration?.version ?? null)
  return [
    {
      request_id,
      video_id,
      user_id,
      query,
      position,
      shown_at,
      domain,
      grade,
      reason,
      weight,
      quantile,
      policy,
      calibration: version,
    },
  ]
}

const perception = (outcome: Outcome, lowestClick: number): Label => {
  const label = { quantile: null, weight: 1 }
  if (outcome.clicked) return { ...label, grade: 1, reason: 'clicked' }
  return unclicked(outcome, lowestClick, 1)
}

const content = (outcome: Outcome, lowestClick: number, calibration: CalibrationPublished | null): Label => {
  if (!outcome.clicked) return unclicked(outcome, lowestClick, 0.5)
  const q = quantileOf(outcome, calibration)
  const label = { quantile: q, weight: 1 }
  if (!outcome.valid_play) return { ...label, grade: 0, reason: 'bounced' }
  const atLeast = (bound: number) => q !== null && q >= bound
  if (outcome.long_view && (outcome.complete || atLeast(0.7))) return { ...label, grade: 3, reason: 'satisfied' }
  if (outcome.long_view || atLeast(0.3)) return { ...label, grade: 2, reason: 'watched' }
  return { ...label, grade: 1, reason: 'weak-watch' }
}

/** Positions count from the top, so "above" is a smaller one. */
const unclicked = (outcome: Outcome, lowestClick: number, skippedWeight: number): Label => {
  const label = { grade: null, quantile: null, weight: 1 }
  if (outcome.autoplay && outcome.valid_play) return { ...label, reason: 'autoplay' }
  if (outcome.position < lowestClick)
    return { grade: 0, quantile: null, weight: skippedWeight, reason: 'skipped-above' }
  return { ...label, reason: lowestClick === -Infinity ? 'no-click' : 'below-last-click' }
}

const calibrationAt = (shownAt: number, calibrations: Calibrations): CalibrationPublished | null =>
  calibrations
    .filter(({ effective_from }) => effective_from <= shownAt)
    .reduce<CalibrationPublished | null>(
      (newest, c) => (newest && newest.effective_from > c.effective_from ? newest : c),
      null,
    )

const quantileOf = ({ completion, duration_ms }: Outcome, calibration: CalibrationPublished | null): number | null => {
  if (completion === null || duration_ms === null || !calibration) return completion
  const own = calibration.grids[bucketOf(duration_ms)]!
  const grid = own.length > 0 ? own : calibration.grid_all
  const below = grid.filter((point) => point < completion).length
  const equal = grid.filter((point) => point === completion).length
  return (below + equal / 2) / 101
}

const BUCKET_EDGES_S = [7, 18, 30, 60, 120, 300, 600, 1200]

const bucketOf = (durationMs: number): number => {
  const seconds = Math.floor(durationMs / 1000)
  return BUCKET_EDGES_S.filter((edge) => edge <= seconds).length
}

/** The grids of a calibration over these outcomes: one per bucket (empty: too few) and one over all durations. */
export const gridsOf = (outcomes: readonly Outcome[]): Pick<CalibrationPublished, 'grids' | 'grid_all'> => {
  const known = outcomes.filter(({ clicked, duration_ms }) => clicked && duration_ms !== null)
  const completionsOf = (some: Outcome[]) => some.map(({ completion }) => completion!).sort((a, b) => a - b)
  const buckets = [...BUCKET_EDGES_S, Infinity].map((_, n) => known.filter((o) => bucketOf(o.duration_ms!) === n))
  return {
    grids: buckets.map((bucket) => (bucket.length < 200 ? [] : grid(completionsOf(bucket)))),
    grid_all: grid(completionsOf(known)),
  }
}

const grid = (sorted: number[]): number[] =>
  sorted.length === 0
    ? []
    : Array.from({ length: 101 }, (_, k) => sorted[Math.max(1, Math.floor((k * sorted.length + 99) / 100)) - 1]!)
