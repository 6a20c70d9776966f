import type { Outcome, ResultClicked, ResultsShown, VideoOutcome, VideoWatched } from '../../schemas/events.js'

/** A request whose window has closed, with the records that count for it: nothing late, twice, or of unseen videos. */
export interface ClosedRequest {
  shown: ResultsShown
  clicks: ResultClicked[]
  watches: VideoWatched[]
}

/** What counts for one shown (request, video). */
export interface ShownVideo {
  shown: ResultsShown
  result: ResultsShown['results'][number]
  clicks: ResultClicked[]
  watches: VideoWatched[]
}

/** One entry per different video of the request; of a video listed twice the first entry of the list counts. */
export const shownVideos = ({ shown, clicks, watches }: ClosedRequest): ShownVideo[] =>
  shown.results
    .filter((result, n) => shown.results.findIndex(({ video_id }) => video_id === result.video_id) === n)
    .map((result) => ({
      shown,
      result,
      clicks: clicks.filter(({ video_id }) => video_id === result.video_id),
      watches: watches.filter(({ video_id }) => video_id === result.video_id),
    }))

/** The four flags for a total watch time; a duration of null is unknown. */
export type PlayFlags = Pick<VideoOutcome, 'valid_play' | 'long_view' | 'short_play' | 'complete'>

export const playFlags = (watchedMs: number, durationMs: number | null): PlayFlags => {
  if (watchedMs === 0) return { valid_play: false, long_view: false, short_play: false, complete: false }
  const w = Math.floor(watchedMs / 1000)
  const d = durationMs === null ? Infinity : Math.floor(durationMs / 1000)
  return {
    valid_play: d <= 7 ? w >= d : w > 7,
    long_view: d <= 18 ? w >= d : w >= 18,
    short_play: watchedMs < Math.min(3000, durationMs ?? Infinity),
    complete: durationMs !== null && watchedMs >= durationMs,
  }
}

/** The sum over plays of the largest cumulative time. */
export const watchedMs = (watches: VideoWatched[]): number => {
  const plays = [...new Set(watches.map(({ play_id }) => play_id))]
  return plays
    .map((play) => Math.max(...watches.filter(({ play_id }) => play_id === play).map((watch) => watch.watched_ms)))
    .reduce((sum, largest) => sum + largest, 0)
}

/** The impression's, else the largest of the watches'; zero is as good as nothing. */
export const durationMs = ({ result, watches }: ShownVideo): number | null => {
  if (result.duration_ms !== null && result.duration_ms > 0) return result.duration_ms
  const largest = Math.max(0, ...watches.map(({ duration_ms }) => duration_ms ?? 0))
  return largest > 0 ? largest : null
}

export const outcomeOf = (video: ShownVideo): Outcome => {
  const { shown, result, clicks, watches } = video
  const clickTimes = new Set(clicks.map(({ at }) => at))
  const watched = watchedMs(watches)
  const duration = durationMs(video)
  return {
    request_id: shown.request_id,
    user_id: shown.user_id,
    query: shown.query,
    shown_at: shown.at,
    device: shown.device,
    variants: shown.variants,
    model_set: shown.model_set,
    served_features_at: shown.served_features_at,
    video_id: result.video_id,
    position: result.position,
    clicked: clickTimes.size > 0,
    first_click_at: clickTimes.size > 0 ? Math.min(...clickTimes) : null,
    clicks: clickTimes.size,
    watched_ms: watched,
    duration_ms: duration,
    completion: duration === null ? null : Math.min(1, watched / duration),
    ...playFlags(watched, duration),
    autoplay: watches.some(({ autoplay }) => autoplay),
  }
}
