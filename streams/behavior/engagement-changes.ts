import type { EngagementDelta } from '../../schemas/events.js'
import type { Share } from './contribution.js'

/** One string per (tile, video, query); the length keeps "a" + "bc" apart from "ab" + "c". */
export const tileKey = (tile: number, videoId: string, query: string): string =>
  `${tile}/${videoId.length}/${videoId}${query}`

const empty = { impressions: 0, clicks: 0, watched_ms: 0, long_clicks: 0, completes: 0 }

/** Adds up changes to tiles until they are taken; what cancels out is not reported. */
export class EngagementChanges {
  private readonly deltas = new Map<string, EngagementDelta>()

  /** Replaces what a shown video contributed before by what it contributes now. */
  replace(video_id: string, query: string, before: readonly Share[], now: readonly Share[]): void {
    for (const share of before) this.add(video_id, query, share, -1)
    for (const share of now) this.add(video_id, query, share, 1)
  }

  get isEmpty(): boolean {
    return this.deltas.size === 0
  }

  take(): EngagementDelta[] {
    const changed = [...this.deltas.values()].filter(
      (delta) => delta.impressions || delta.clicks || delta.watched_ms || delta.long_clicks || delta.completes,
    )
    this.deltas.clear()
    return changed
  }

  private add(video_id: string, query: string, { tile, metric, amount }: Share, sign: 1 | -1): void {
    const key = tileKey(tile, video_id, query)
    let delta = this.deltas.get(key)
    if (!delta) this.deltas.set(key, (delta = { video_id, query, tile, ...empty }))
    delta[metric] += sign * amount
  }
}
