import type { ResultsShown, VideoOutcome } from '../../schemas/events.js'
import type { ViewThresholds } from '../../schemas/policies/view-thresholds.js'
import type { VideoHistory } from './video-history.js'

export type ShownResult = ResultsShown['results'][number]

/** The impression's duration if it is known, else the largest that a watch named, else null; 0 is unknown. */
export function durationOf(result: ShownResult, history: VideoHistory): number | null {
  if (result.duration_ms !== null && result.duration_ms > 0) return result.duration_ms
  return history.watchDurationMs > 0 ? history.watchDurationMs : null
}

const wholeSeconds = (ms: number): number => Math.floor(ms / 1000)

/**
 * The least watch time (ms, at least 1) that makes a long view: the whole video if its whole seconds are at most the
 * threshold, else the threshold; an unknown duration counts as a long one (KuaiRand's `long_view`).
 */
export function longViewNeedsMs(durationMs: number | null, { long_view_s }: ViewThresholds): number {
  const short = durationMs !== null && wholeSeconds(durationMs) <= long_view_s
  return Math.max(1, (short ? wholeSeconds(durationMs) : long_view_s) * 1000)
}

/** Like a long view, but a longer video must be watched for *more* than the threshold (KuaiRand's valid play). */
export function validPlayNeedsMs(durationMs: number | null, { valid_play_s }: ViewThresholds): number {
  const short = durationMs !== null && wholeSeconds(durationMs) <= valid_play_s
  return Math.max(1, (short ? wholeSeconds(durationMs) : valid_play_s + 1) * 1000)
}

/** What became of one shown video. */
export function outcomeOf(result: ShownResult, history: VideoHistory, thresholds: ViewThresholds): VideoOutcome {
  const watched = history.watchedMs()
  const duration = durationOf(result, history)
  return {
    video_id: result.video_id,
    position: result.position,
    clicked: history.clicks.length > 0,
    first_click_at: history.clicks[0] ?? null,
    clicks: history.clicks.length,
    watched_ms: watched,
    duration_ms: duration,
    completion: duration === null ? null : Math.min(1, watched / duration),
    valid_play: watched >= validPlayNeedsMs(duration, thresholds),
    long_view: watched >= longViewNeedsMs(duration, thresholds),
    short_play: watched > 0 && watched < Math.min(thresholds.short_play_ms, duration ?? Infinity),
    complete: duration !== null && watched >= duration,
    autoplay: history.autoplay,
  }
}
