import type { TileCounted } from '../../schemas/events.js'
import { engagementMetrics, TILE_MS } from '../../schemas/tiles.js'
import type { RedisClient } from './client.js'
import {
  DAY_MS,
  dayKey,
  hotKey,
  hotOffsetsKey,
  KEEP_DAYS_MS,
  KEEP_HOT_MS,
  TILES_PER_DAY,
  TILES_PER_HOUR,
} from './engagement-keys.js'
import { withEngagementScripts } from './engagement-scripts.js'
import { together } from './redis-errors.js'

/** A tile with the offset of its record: the newest offset of a tile wins. */
export interface OrderedTile {
  readonly offset: number
  readonly tile: TileCounted
}

/** A hot list is this long. A video has to be among so many in one tile of the last minutes to be found by its sum. */
export const HOT_VIDEOS = 2_000

/** A click is worth a minute of watching, so that neither many short clicks nor one long autoplay is all that counts. */
const CLICK_MS = 60_000

/** How hot a tile is, in ms of attention. Scores of several tiles add up. */
export const heatOf = ({ clicks, watched_ms }: Pick<TileCounted, 'clicks' | 'watched_ms'>): number =>
  clicks * CLICK_MS + watched_ms

/**
 * A writer of tiles that sends all of its commands at once. Writing again, or older tiles after newer ones, changes
 * nothing. It throws TransientError REDIS_UNAVAILABLE; then some may have been written, and all are to be written again.
 */
export function engagementWriter(redis: RedisClient, namespace: string) {
  const scripts = withEngagementScripts(redis)
  return async (tiles: readonly OrderedTile[]): Promise<void> => {
    const days = groupBy(tiles, ({ tile: { video_id, query, tile } }) =>
      dayKey(namespace, video_id, Math.floor(tile / DAY_MS), query),
    )
    const hot = groupBy(tiles.filter(isHot), ({ tile }) => String(tile.tile))
    await together([
      ...[...days].map(([key, group]) => scripts.kinoraWriteDay(key, ...dayArgs(group))),
      ...[...hot.values()].map((group) => {
        const { tile } = group[0]!.tile
        return scripts.kinoraWriteHot(hotKey(namespace, tile), hotOffsetsKey(namespace, tile), ...hotArgs(group))
      }),
    ])
  }
}

/** Hot lists count all queries together, and nothing that they would have forgotten already. */
const isHot = ({ tile }: OrderedTile): boolean => tile.query === null && tile.as_of < keepHotUntil(tile.tile)

const keepHotUntil = (tile: number): number => tile + TILE_MS + KEEP_HOT_MS

function dayArgs(group: readonly OrderedTile[]): number[] {
  const day = Math.floor(group[0]!.tile.tile / DAY_MS)
  const args = [newestTime(group), (day + 1) * DAY_MS + KEEP_DAYS_MS]
  for (const { offset, tile } of newest(group, ({ tile: { tile } }) => tile)) {
    const index = Math.floor(tile.tile / TILE_MS) - day * TILES_PER_DAY
    args.push(index, Math.floor(index / TILES_PER_HOUR), offset, ...engagementMetrics.map((metric) => tile[metric]))
  }
  return args
}

function hotArgs(group: readonly OrderedTile[]): (string | number)[] {
  const args: (string | number)[] = [newestTime(group), keepHotUntil(group[0]!.tile.tile), HOT_VIDEOS]
  for (const { offset, tile } of newest(group, ({ tile: { video_id } }) => video_id))
    args.push(tile.video_id, offset, heatOf(tile))
  return args
}

const newestTime = (group: readonly OrderedTile[]): number =>
  group.reduce((newest, { tile }) => Math.max(newest, tile.as_of), 0)

/** Of the values of one tile the one with the largest offset. */
function newest(group: readonly OrderedTile[], keyOf: (tile: OrderedTile) => string | number): Iterable<OrderedTile> {
  const found = new Map<string | number, OrderedTile>()
  for (const one of group) {
    const known = found.get(keyOf(one))
    if (!known || one.offset > known.offset) found.set(keyOf(one), one)
  }
  return found.values()
}

function groupBy(tiles: readonly OrderedTile[], keyOf: (tile: OrderedTile) => string): Map<string, OrderedTile[]> {
  const groups = new Map<string, OrderedTile[]>()
  for (const tile of tiles) {
    const key = keyOf(tile)
    const group = groups.get(key)
    if (group) group.push(tile)
    else groups.set(key, [tile])
  }
  return groups
}
