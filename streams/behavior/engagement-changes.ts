import type { EngagementDelta } from '../../schemas/events.js'
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
 * The changes to tiles since they were last taken: the difference between what contributors add now and what they had
 * told before. Looked at once per taking, however often one was touched; what cancels out is not reported.
 */
export class EngagementChanges {
  private touched: Contributor[] = []

  /** What this one adds may have changed. */
  touch(contributor: Contributor): void {
    if (contributor.isTouched) return
    contributor.isTouched = true
    this.touched.push(contributor)
  }

  take(): EngagementDelta[] {
    const deltas = new Map<string, EngagementDelta>()
    this.settle((contributor, now) => {
      add(deltas, contributor, contributor.told, -1)
      add(deltas, contributor, now, 1)
    })
    return [...deltas.values()].filter(
      (delta) => delta.impressions || delta.clicks || delta.watched_ms || delta.long_clicks || delta.completes,
    )
  }

  /** All of it was told already, by an earlier owner of the state. */
  assumeTold(): void {
    this.settle(() => undefined)
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
}

function add(
  deltas: Map<string, EngagementDelta>,
  { videoId, query }: Contributor,
  shares: readonly Share[],
  sign: 1 | -1,
): void {
  for (const share of shares) {
    const { tile } = share
    const key = tileKey(tile, videoId, query)
    let delta = deltas.get(key)
    if (!delta) deltas.set(key, (delta = { video_id: videoId, query, tile, ...nothing }))
    delta.impressions += sign * share.impressions
    delta.clicks += sign * share.clicks
    delta.watched_ms += sign * share.watched_ms
    delta.long_clicks += sign * share.long_clicks
    delta.completes += sign * share.completes
  }
}

const nothing = { impressions: 0, clicks: 0, watched_ms: 0, long_clicks: 0, completes: 0 }
