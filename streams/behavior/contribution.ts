import type { ViewThresholds } from '../../schemas/policies/view-thresholds.js'
import { tileOf, type EngagementMetric } from '../../schemas/tiles.js'
import { durationOf, longViewNeedsMs, type ShownResult } from './outcome.js'
import type { Growth, VideoHistory } from './video-history.js'

/** One amount that an outcome adds to one metric of one tile. */
export interface Share {
  tile: number
  metric: EngagementMetric
  amount: number
}

/**
 * What one shown video adds to the engagement tiles: a pure function of its set of events, so that a tile is the sum
 * over outcomes whatever the order of arrival (design, "Real-time engagement").
 */
export function contributionOf(
  shownAt: number,
  result: ShownResult,
  history: VideoHistory,
  thresholds: ViewThresholds,
): Share[] {
  const shares: Share[] = [{ tile: tileOf(shownAt), metric: 'impressions', amount: 1 }]
  const once = (metric: EngagementMetric, at: number) => shares.push({ tile: tileOf(at), metric, amount: 1 })
  const growth = history.growth()
  for (const { at, grown_ms } of growth) shares.push({ tile: tileOf(at), metric: 'watched_ms', amount: grown_ms })

  const duration = durationOf(result, history)
  const clickedAt = history.clicks[0]
  if (clickedAt !== undefined) {
    once('clicks', clickedAt)
    const longAt = reachedAt(growth, longViewNeedsMs(duration, thresholds))
    if (longAt !== undefined) once('long_clicks', Math.max(clickedAt, longAt))
  }
  const completeAt = duration === null ? undefined : reachedAt(growth, duration)
  if (completeAt !== undefined) once('completes', completeAt)
  return shares
}

/** The earliest time at which the watch time had grown to `neededMs`. */
function reachedAt(growth: readonly Growth[], neededMs: number): number | undefined {
  let watched = 0
  for (const { at, grown_ms } of growth) {
    watched += grown_ms
    if (watched >= neededMs) return at
  }
  return undefined
}
