import type { CalibrationPublished, RequestClosed, TrainingSample } from '../../schemas/events.js'
import { computeCalibration, type CalibrationInput } from '../../streams/behavior/calibration-compute.js'
import type { LabelPolicy } from '../../streams/behavior/label-policy.js'
import { labelRequest } from '../../streams/behavior/label-samples.js'

/** What a calibration over a training log is called. */
const VERSION = 'training'

/**
 * Collects what a calibration needs of closed requests, clicked outcomes alone, and makes one that was effective from
 * the beginning: the whole log is known when a training set is made.
 */
export class LogCalibration {
  private readonly clicked: CalibrationInput[] = []

  add({ shown_at, outcomes }: RequestClosed): void {
    for (const { clicked, duration_ms, completion } of outcomes)
      if (clicked) this.clicked.push({ shown_at, clicked, duration_ms, completion })
  }

  /** Throws POLICY_INVALID when nothing was clicked. */
  compute(): CalibrationPublished {
    return computeCalibration(this.clicked, {
      version: VERSION,
      effective_from: 0,
      from: 0,
      to: Number.MAX_SAFE_INTEGER,
    })
  }
}

/** A sample as training reads it: one JSON line. */
export type SampleLine = Pick<
  TrainingSample,
  'query' | 'video_id' | 'domain' | 'grade' | 'weight' | 'reason' | 'position'
>

/** What one request showed and nobody clicked, which says nothing of what a video holds: one JSON line. */
export interface UnclickedLine {
  readonly query: string
  readonly video_ids: readonly string[]
}

export const unclickedLine = ({ query, outcomes }: RequestClosed): UnclickedLine => ({
  query,
  video_ids: outcomes.filter(({ clicked }) => !clicked).map(({ video_id }) => video_id),
})

/** The samples of one request by every policy, as lines. */
export const sampleLines = (
  closed: RequestClosed,
  policies: readonly LabelPolicy[],
  calibration: CalibrationPublished,
): SampleLine[] =>
  labelRequest(closed, policies, [calibration]).samples.map(
    ({ query, video_id, domain, grade, weight, reason, position }) => ({
      ...{ query, video_id, domain, grade, weight, reason, position },
    }),
  )
