import { engagementMetrics, TILE_MS, type EngagementCounts } from '../../schemas/tiles.js'
import type { RedisClient } from './client.js'
import { dayKey, hotKey, TILES_PER_DAY, TILES_PER_HOUR } from './engagement-keys.js'
import { together } from './redis-errors.js'
import { HOT_VIDEOS } from './write-engagement.js'

/** The windows that readers sum tiles into, in tiles. */
const windows = { '1h': TILES_PER_HOUR, '24h': TILES_PER_DAY, '7d': 7 * TILES_PER_DAY } as const
export type EngagementWindow = keyof typeof windows

export interface EngagementQuestion {
  readonly videoIds: readonly string[]
  /** Only under this query, byte for byte, the empty one included; null or absent: over all queries. */
  readonly query?: string | null
  readonly window: EngagementWindow
  /** Epoch ms. The window is the tiles that begin in (now - window, now]: the newest one is still filling. */
  readonly now: number
}

export type VideoEngagement = EngagementCounts & { readonly video_id: string }

/**
 * What happened to videos in a window of event time, in the order asked; zeros where nothing is known.
 * All commands leave at once, so that it takes one round trip (per node of a Redis Cluster) however many videos.
 * Throws TransientError REDIS_UNAVAILABLE.
 */
export async function readEngagement(
  redis: RedisClient,
  namespace: string,
  { videoIds, query = null, window, now }: EngagementQuestion,
): Promise<VideoEngagement[]> {
  const current = Math.floor(now / TILE_MS)
  const days = cover(current - windows[window] + 1, current + 1)
  const values = await together(
    videoIds.flatMap((videoId) =>
      days.map(({ day, fields }) => redis.hmget(dayKey(namespace, videoId, day, query), ...fields)),
    ),
  )
  return videoIds.map((video_id, index) => {
    const total = { video_id, ...nothing() }
    for (let day = 0; day < days.length; day++)
      for (const value of values[index * days.length + day]!) add(total, value)
    return total
  })
}

/** One tile of one video; a null query means over all of them. `tile` is its start, epoch ms. */
export interface TileKey {
  readonly video_id: string
  readonly query: string | null
  readonly tile: number
}

/** What each tile counts, in the order asked; null where Redis has none. One round trip, as {@link readEngagement}. */
export async function readTiles(
  redis: RedisClient,
  namespace: string,
  keys: readonly TileKey[],
): Promise<(EngagementCounts | null)[]> {
  const values = await together(
    keys.map(({ video_id, query, tile }) => {
      const index = Math.floor(tile / TILE_MS)
      const day = Math.floor(index / TILES_PER_DAY)
      return redis.hget(dayKey(namespace, video_id, day, query), String(index - day * TILES_PER_DAY))
    }),
  )
  return values.map((value) => (value === null ? null : add(nothing(), value)))
}

export interface HotVideo {
  readonly video_id: string
  /** Attention in ms: the watch time, and a minute for each click. */
  readonly heat: number
}

/**
 * The hottest videos in the tiles that begin in (now - minutes, now], hottest first; equally hot ones by id.
 * Exact while every tile had at most HOT_VIDEOS videos with any attention. One round trip. Throws TransientError.
 */
export async function hottestVideos(
  redis: RedisClient,
  namespace: string,
  { now, minutes, limit }: { now: number; minutes: number; limit: number },
): Promise<HotVideo[]> {
  const current = Math.floor(now / TILE_MS)
  const first = Math.floor((now - minutes * 60_000) / TILE_MS) + 1
  const tiles = Array.from({ length: Math.max(0, current - first + 1) }, (_, n) => (first + n) * TILE_MS)
  const lists = await together(
    tiles.map((tile) => redis.zrevrange(hotKey(namespace, tile), 0, HOT_VIDEOS - 1, 'WITHSCORES')),
  )
  const heat = new Map<string, number>()
  for (const list of lists)
    for (let n = 0; n < list.length; n += 2) heat.set(list[n]!, (heat.get(list[n]!) ?? 0) + Number(list[n + 1]))
  return [...heat]
    .map(([video_id, sum]) => ({ video_id, heat: sum }))
    .sort((a, b) => b.heat - a.heat || (a.video_id < b.video_id ? -1 : 1))
    .slice(0, limit)
}

/** The fewest fields, by day, that sum up tiles [first, end): whole days, then whole hours, then tiles. */
export function cover(first: number, end: number): { day: number; fields: string[] }[] {
  const days: { day: number; fields: string[] }[] = []
  for (let tile = first; tile < end;) {
    const day = Math.floor(tile / TILES_PER_DAY)
    const index = tile - day * TILES_PER_DAY
    if (days.at(-1)?.day !== day) days.push({ day, fields: [] })
    const whole = (tiles: number) => index % tiles === 0 && tile + tiles <= end
    const [field, length] = whole(TILES_PER_DAY)
      ? ['d', TILES_PER_DAY]
      : whole(TILES_PER_HOUR)
        ? [`h${index / TILES_PER_HOUR}`, TILES_PER_HOUR]
        : [String(index), 1]
    days.at(-1)!.fields.push(field)
    tile += length
  }
  return days
}

const nothing = (): EngagementCounts => ({ impressions: 0, clicks: 0, watched_ms: 0, long_clicks: 0, completes: 0 })

/** Adds the last five numbers of a value: in front of those of a tile stands its offset. */
function add(total: EngagementCounts, value: string | null): EngagementCounts {
  if (value === null) return total
  const numbers = value.split(',')
  let at = numbers.length - engagementMetrics.length
  for (const metric of engagementMetrics) total[metric] += Number(numbers[at++])
  return total
}
