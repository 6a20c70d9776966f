import type { ResultClicked, ResultsShown, VideoWatched } from '../../schemas/events.js'

/** Behavior events with sensible defaults: a test names only what it is about. */
export const shown = (over: Partial<ResultsShown> = {}): ResultsShown => ({
  request_id: 'r1',
  at: 0,
  user_id: 'ann',
  query: '围巾',
  device: 'phone',
  results: [
    { video_id: 'a', position: 1, duration_ms: 60_000 },
    { video_id: 'b', position: 2, duration_ms: 10_000 },
    { video_id: 'c', position: 3, duration_ms: null },
  ],
  variants: {},
  model_set: null,
  served_features_at: null,
  ...over,
})

export const click = (at: number, over: Partial<ResultClicked> = {}): ResultClicked => ({
  request_id: 'r1',
  at,
  user_id: 'ann',
  video_id: 'a',
  position: null,
  ...over,
})

export const watch = (at: number, watched_ms: number, over: Partial<VideoWatched> = {}): VideoWatched => ({
  request_id: 'r1',
  at,
  user_id: 'ann',
  video_id: 'a',
  play_id: 'p1',
  watched_ms,
  duration_ms: null,
  autoplay: false,
  ...over,
})
