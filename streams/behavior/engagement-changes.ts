import type { EngagementDelta } from '../../schemas/events.js'
import { tileOf } from '../../schemas/tiles.js'
import type { Share } from './contribution.js'

/** One string per (tile, video, query); the length keeps "a" + "bc" apart from "ab" + "c". */
export const tileKey = (tile: number, videoId: string, query: string): string =>
  `${tile}/${videoId.length}/${videoId}${query}`

/** Something that adds to the tiles of one (video, query), and what of that was told. */
export interface Contributor {
  readonly videoId: string
  readonly query: string
  /** What it adds now. */
  contribution(): readonly Share[]
  told: readonly Share[]
  isTouched: boolean
}

/**
 * The changes to tiles since they were last taken: impressions, and the differences between what contributors add now
 * and what they had told before. Looked at once per taking, however often one was touched; what cancels out is not
 * reported.
 */
export class EngagementChanges {
  private readonly deltas = new Map<string, EngagementDelta>()
  private touched: Contributor[] = []

  /** A video was shown. */
  shown(videoId: string, query: string, at: number): void {
    this.deltaOf(videoId, query, tileOf(at)).impressions++
  }

  /** What this one adds may have changed. */
  touch(contributor: Contributor): void {
    if (contributor.isTouched) return
    contributor.isTouched = true
    this.touched.push(contributor)
  }

  take(): EngagementDelta[] {
    this.settle((contributor, now) => {
      this.add(contributor, contributor.told, -1)
      this.add(contributor, now, 1)
    })
    const changed = [...this.deltas.values()].filter(
      (delta) => delta.impressions || delta.clicks || delta.watched_ms || delta.long_clicks || delta.completes,
    )
    this.deltas.clear()
    return changed
  }

  /** All of it was told already, by an earlier owner of the state. */
  assumeTold(): void {
    this.settle(() => undefined)
    this.deltas.clear()
  }

  private settle(tell: (contributor: Contributor, now: readonly Share[]) => void): void {
    for (const contributor of this.touched) {
      const now = contributor.contribution()
      tell(contributor, now)
      contributor.told = now
      contributor.isTouched = false
    }
    this.touched = []
  }

  private add({ videoId, query }: Contributor, shares: readonly Share[], sign: 1 | -1): void {
    for (const share of shares) {
      const delta = this.deltaOf(videoId, query, share.tile)
      delta.clicks += sign * share.clicks
      delta.watched_ms += sign * share.watched_ms
      delta.long_clicks += sign * share.long_clicks
      delta.completes += sign * share.completes
    }
  }

  private deltaOf(video_id: string, query: string, tile: number): EngagementDelta {
    const key = tileKey(tile, video_id, query)
    let delta = this.deltas.get(key)
    if (!delta) this.deltas.set(key, (delta = { video_id, query, tile, ...nothing }))
    return delta
  }
}

const nothing = { impressions: 0, clicks: 0, watched_ms: 0, long_clicks: 0, completes: 0 }
