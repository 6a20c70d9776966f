import type { TileCounted } from '../../schemas/events.js'
import { durationMs, playFlags, watchedMs, type ShownVideo } from './oracle-outcome.js'

export type Tile = Omit<TileCounted, 'as_of'>
type Counts = Pick<Tile, 'impressions' | 'clicks' | 'watched_ms' | 'long_clicks' | 'completes'>

const TILE_MS = 5 * 60_000

/** One thing to count at one moment. */
interface Moment {
  at: number
  what: keyof Counts
  amount: number
}

/** All tiles that are not empty: per (query, video), and per video with a null query. */
export const tilesOf = (videos: readonly ShownVideo[]): Tile[] => {
  const tiles = new Map<string, Tile>()
  for (const video of videos) {
    for (const { at, what, amount } of momentsOf(video)) {
      for (const query of [video.shown.query, null]) {
        tileAt(tiles, video.result.video_id, query, Math.floor(at / TILE_MS) * TILE_MS)[what] += amount
      }
    }
  }
  return [...tiles.values()]
}

const tileAt = (tiles: Map<string, Tile>, videoId: string, query: string | null, start: number): Tile => {
  const key = JSON.stringify([videoId, query, start])
  const tile = tiles.get(key) ?? {
    video_id: videoId,
    query,
    tile: start,
    impressions: 0,
    clicks: 0,
    watched_ms: 0,
    long_clicks: 0,
    completes: 0,
  }
  tiles.set(key, tile)
  return tile
}

/** What one outcome contributes, and when: a function of its set of events, whatever their order. */
export const momentsOf = (video: ShownVideo): Moment[] => {
  const firstClick = earliest(video.clicks.map(({ at }) => at))
  const longClick = whenItHeld(video, ({ clicked, long_view }) => clicked && long_view)
  const complete = whenItHeld(video, (flags) => flags.complete)
  return [
    { at: video.shown.at, what: 'impressions', amount: 1 },
    ...(firstClick === null ? [] : [{ at: firstClick, what: 'clicks' as const, amount: 1 }]),
    ...growths(video),
    ...(longClick === null ? [] : [{ at: longClick, what: 'long_clicks' as const, amount: 1 }]),
    ...(complete === null ? [] : [{ at: complete, what: 'completes' as const, amount: 1 }]),
  ]
}

/** Per play, in order of (at, watched_ms): each growth of the largest time so far. */
const growths = ({ watches }: ShownVideo): Moment[] =>
  [...new Set(watches.map(({ play_id }) => play_id))]
    .flatMap((play) => {
      const records = watches.filter(({ play_id }) => play_id === play)
      records.sort((a, b) => a.at - b.at || a.watched_ms - b.watched_ms)
      return records.map(({ at, watched_ms }, n) => {
        const before = Math.max(0, ...records.slice(0, n).map((record) => record.watched_ms))
        return { at, what: 'watched_ms' as const, amount: Math.max(0, watched_ms - before) }
      })
    })
    .filter(({ amount }) => amount > 0)

/** The earliest time at which a rule held over the events up to then, with the duration as known at the end. */
const whenItHeld = (
  video: ShownVideo,
  rule: (state: { clicked: boolean; long_view: boolean; complete: boolean }) => boolean,
): number | null => {
  const duration = durationMs(video)
  const times = [...video.clicks, ...video.watches].map(({ at }) => at)
  const held = times.filter((time) => {
    const clicked = video.clicks.some(({ at }) => at <= time)
    const watched = watchedMs(video.watches.filter(({ at }) => at <= time))
    return rule({ clicked, ...playFlags(watched, duration) })
  })
  return earliest(held)
}

const earliest = (times: number[]): number | null => (times.length > 0 ? Math.min(...times) : null)
