import type { CalibrationPublished, RequestClosed, VideoOutcome } from '../../schemas/events.js'

/** An impression that nothing happened to; say only what matters to the test. */
export const outcome = (more: Partial<VideoOutcome> = {}): VideoOutcome => ({
  video_id: 'video',
  position: 1,
  clicked: false,
  first_click_at: null,
  clicks: 0,
  watched_ms: 0,
  duration_ms: null,
  completion: null,
  valid_play: false,
  long_view: false,
  short_play: false,
  complete: false,
  autoplay: false,
  ...more,
})

/** A request with these outcomes, at positions 1, 2, … unless they say otherwise. */
export const closedRequest = (
  outcomes: readonly Partial<VideoOutcome>[],
  more: Partial<RequestClosed> = {},
): RequestClosed => ({
  request_id: 'request',
  user_id: 'user',
  query: 'query',
  shown_at: 1_000,
  device: 'phone',
  variants: {},
  model_set: null,
  served_features_at: null,
  outcomes: outcomes.map((one, i) => outcome({ video_id: `video-${i + 1}`, position: i + 1, ...one })),
  ...more,
})

/** A calibration whose every grid is 0, 1/100, …, 1, unless it says otherwise. */
export const calibration = (more: Partial<CalibrationPublished> = {}): CalibrationPublished => ({
  version: 'c1',
  effective_from: 0,
  computed_from: 0,
  computed_to: 1,
  outcomes: 1_000,
  bucket_edges_s: [7, 18, 30, 60, 120, 300, 600, 1200],
  grids: Array.from({ length: 9 }, () => []),
  grid_all: Array.from({ length: 101 }, (_, k) => k / 100),
  ...more,
})
