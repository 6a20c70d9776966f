import type { CalibrationPublished, RequestClosed, TrainingSample } from '../../schemas/events.js'
import { calibrationFor } from './calibration.js'
import { gradeRequest, type LabelledRow, type LabelPolicy } from './label-policy.js'

/** What labelling one request gave: its samples, and how many rows got no grade, by `policy:reason`. */
export interface LabelledRequest {
  readonly samples: TrainingSample[]
  readonly reasons: Map<string, number>
}

/**
 * A closed request → training samples, one per policy and graded video, in the order of the policies and outcomes.
 *
 * Pure. The calibration is the newest that was effective at `shown_at`; a sample names it if its quantile came from it,
 * so one without a quantile, or with the bare completion for a quantile, names none.
 */
export function labelRequest(
  closed: RequestClosed,
  policies: readonly LabelPolicy[],
  calibrations: Iterable<CalibrationPublished>,
): LabelledRequest {
  const calibration = calibrationFor(calibrations, closed.shown_at)
  const samples: TrainingSample[] = []
  const reasons = new Map<string, number>()
  for (const policy of policies)
    for (const row of gradeRequest(policy, closed, calibration)) {
      if (row.grade === null) count(reasons, `${policy.name}:${row.reason}`)
      else samples.push(sample(closed, policy, row, calibration))
    }
  return { samples, reasons }
}

const count = (reasons: Map<string, number>, reason: string): Map<string, number> =>
  reasons.set(reason, (reasons.get(reason) ?? 0) + 1)

type GradedRow = Extract<LabelledRow, { grade: number }>

const sample = (
  closed: RequestClosed,
  policy: LabelPolicy,
  { outcome, grade, reason, weight, quantile }: GradedRow,
  calibration: CalibrationPublished | null,
): TrainingSample => ({
  request_id: closed.request_id,
  video_id: outcome.video_id,
  user_id: closed.user_id,
  query: closed.query,
  position: outcome.position,
  shown_at: closed.shown_at,
  domain: policy.domain,
  grade,
  reason,
  weight,
  quantile,
  policy: policy.name,
  calibration: quantile === null || calibration === null ? null : calibration.version,
})
