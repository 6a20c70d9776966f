import type { ResultClicked, ResultsShown, VideoWatched } from '../../../schemas/events.js'
import type { LogRecord, Phase } from '../../chaos/log.js'
import { draft, type Draft } from '../../chaos/request.js'

/** Builders with defaults: request `r`, shown at 1,000,000, one video `v` of 20 s; a test names only what it is about. */
export const SHOWN_AT = 1_000_000

export const shown = (more: Partial<ResultsShown> = {}): ResultsShown => ({
  request_id: 'r',
  at: SHOWN_AT,
  user_id: 'ann',
  query: 'cat',
  device: 'phone',
  results: [{ video_id: 'v', position: 1, duration_ms: 20_000 }],
  variants: {},
  model_set: null,
  served_features_at: null,
  ...more,
})

export const clicked = (afterMs: number, more: Partial<ResultClicked> = {}): ResultClicked => ({
  request_id: 'r',
  at: SHOWN_AT + afterMs,
  user_id: 'ann',
  video_id: 'v',
  position: 1,
  ...more,
})

export const watched = (afterMs: number, watched_ms: number, more: Partial<VideoWatched> = {}): VideoWatched => ({
  request_id: 'r',
  at: SHOWN_AT + afterMs,
  user_id: 'ann',
  video_id: 'v',
  play_id: 'p',
  watched_ms,
  duration_ms: null,
  autoplay: false,
  ...more,
})

type AnyEvent = ResultsShown | ResultClicked | VideoWatched

export const toDraft = (event: AnyEvent): Draft => {
  if ('results' in event) return draft({ event: 'ResultsShown', value: event })
  if ('play_id' in event) return draft({ event: 'VideoWatched', value: event })
  return draft({ event: 'ResultClicked', value: event })
}

/** One phase of these events in this order, or several when drafts of later phases are given. */
export const phase = (
  events: readonly (AnyEvent | Draft)[],
  closedBefore: number | null = null,
  firstId = 0,
): Phase => ({
  name: 'test',
  closedBefore,
  records: events.map((event, n): LogRecord => ({ id: firstId + n, ...('topic' in event ? event : toDraft(event)) })),
})
