import type { EngagementDelta } from '../../schemas/events.js'
import { tileOf } from '../../schemas/tiles.js'
import type { Share } from './contribution.js'
import type { ShownResult } from './outcome.js'

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
  /** By tile and query, then by video: what a request showed shares the first. */
  private readonly deltas = new Map<string, DeltasByVideo>()
  private touched: Contributor[] = []

  /** Videos were shown. */
  shown(videos: readonly ShownResult[], query: string, at: number): void {
    const tile = tileOf(at)
    const deltas = this.deltasOf(tile, query)
    for (const { video_id } of videos) deltaOf(deltas, video_id, query, tile).impressions++
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
    const changed: EngagementDelta[] = []
    for (const deltas of this.deltas.values())
      for (const delta of deltas.values()) if (isChange(delta)) changed.push(delta)
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
      const delta = deltaOf(this.deltasOf(share.tile, query), videoId, query, share.tile)
      delta.clicks += sign * share.clicks
      delta.watched_ms += sign * share.watched_ms
      delta.long_clicks += sign * share.long_clicks
      delta.completes += sign * share.completes
    }
  }

  private deltasOf(tile: number, query: string): DeltasByVideo {
    const key = `${tile}/${query}`
    let deltas = this.deltas.get(key)
    if (!deltas) this.deltas.set(key, (deltas = new Map<string, EngagementDelta>()))
    return deltas
  }
}

type DeltasByVideo = Map<string, EngagementDelta>

function deltaOf(deltas: DeltasByVideo, video_id: string, query: string, tile: number): EngagementDelta {
  let delta = deltas.get(video_id)
  if (!delta) {
    delta = { video_id, query, tile, impressions: 0, clicks: 0, watched_ms: 0, long_clicks: 0, completes: 0 }
    deltas.set(video_id, delta)
  }
  return delta
}

const isChange = (delta: EngagementDelta): boolean =>
  delta.impressions !== 0 ||
  delta.clicks !== 0 ||
  delta.watched_ms !== 0 ||
  delta.long_clicks !== 0 ||
  delta.completes !== 0
