import type { ViewThresholds } from '../../schemas/policies/view-thresholds.js'
import { tileOf, type EngagementCounts } from '../../schemas/tiles.js'
import { durationOf, longViewNeedsMs, type ShownResult } from './outcome.js'
import type { Growth, VideoHistory } from './video-history.js'

/** What reactions add to one tile. */
export interface Share extends Omit<EngagementCounts, 'impressions'> {
  readonly tile: number
}

/**
 * What the reactions to one shown video add to the engagement tiles, one share a tile: a pure function of its set of
 * events, so that a tile is the sum over outcomes whatever the order of arrival (docs/rules.md, "Real-time engagement").
 */
export function contributionOf(result: ShownResult, history: VideoHistory, thresholds: ViewThresholds): Share[] {
  const shares: Share[] = []
  const growth = history.growth()
  for (const { at, grown_ms } of growth) shareAt(shares, at).watched_ms += grown_ms

  const duration = durationOf(result, history)
  const clickedAt = history.clicks[0]
  if (clickedAt !== undefined) {
    shareAt(shares, clickedAt).clicks++
    const longAt = reachedAt(growth, longViewNeedsMs(duration, thresholds))
    if (longAt !== undefined) shareAt(shares, Math.max(clickedAt, longAt)).long_clicks++
  }
  const completeAt = duration === null ? undefined : reachedAt(growth, duration)
  if (completeAt !== undefined) shareAt(shares, completeAt).completes++
  return shares
}

/** The share of an instant's tile: one of a handful, and mostly the last. */
function shareAt(shares: Share[], at: number): Share {
  const tile = tileOf(at)
  let share = shares.findLast((one) => one.tile === tile)
  if (!share) shares.push((share = { tile, clicks: 0, watched_ms: 0, long_clicks: 0, completes: 0 }))
  return share
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
