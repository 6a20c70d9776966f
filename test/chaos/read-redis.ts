import type { Redis } from 'ioredis'
import type { Tile } from './oracle-engagement.js'

const TILE_MS = 5 * 60_000
const TILES_PER_HOUR = 12
const TILES_PER_DAY = 288

type Counts = Pick<Tile, 'impressions' | 'clicks' | 'watched_ms' | 'long_clicks' | 'completes'>

export interface ServedTiles {
  tiles: Tile[]
  /** Sums of hours and days that are not the sums of their tiles. */
  wrongSums: string[]
}

/** Every tile that Redis holds, found by its layout of keys and not through the product's reader. */
export const servedTiles = async (redis: Redis, namespace: string): Promise<ServedTiles> => {
  const served: ServedTiles = { tiles: [], wrongSums: [] }
  for (const key of await keysOf(redis, `${namespace}:eng`)) {
    const place = parseKey(key.slice(namespace.length + 1))
    const hash = await redis.hgetall(key)
    const tiles = Object.entries(hash)
      .filter(([field]) => /^\d+$/.test(field))
      .map(([field, value]) => ({ index: Number(field), counts: countsOf(value) }))
    for (const { index, counts } of tiles) {
      const tile = (place.day * TILES_PER_DAY + index) * TILE_MS
      served.tiles.push({ video_id: place.video_id, query: place.query, tile, ...counts })
    }
    for (const [field, value] of Object.entries(hash).filter(([name]) => /^(d|h\d+)$/.test(name))) {
      const within = ({ index }: { index: number }) =>
        field === 'd' || Math.floor(index / TILES_PER_HOUR) === Number(field.slice(1))
      const wanted = JSON.stringify(sum(tiles.filter(within).map(({ counts }) => counts)))
      const stored = JSON.stringify(countsOf(value))
      if (stored !== wanted) served.wrongSums.push(`${key} ${field} is ${stored}, its tiles say ${wanted}`)
    }
  }
  return served
}

const keysOf = async (redis: Redis, prefix: string): Promise<string[]> => {
  const keys = new Set<string>()
  for (let cursor = '0', first = true; first || cursor !== '0'; first = false) {
    const [next, found] = await redis.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', 1000)
    for (const key of found) keys.add(key)
    cursor = next
  }
  return [...keys]
}

/** `eng:{video}:day` over all queries, `engq:{video}:day:query` for one; braces and percent signs in ids are escaped. */
const parseKey = (key: string): { video_id: string; query: string | null; day: number } => {
  const parts = /^eng(q?):\{([^}]*)\}:(\d+)(?::(.*))?$/s.exec(key)
  if (!parts) throw new Error(`no tile can be at ${key}`)
  const [, forQuery, slot, day, query] = parts
  return {
    video_id: slot!.replace(/%(25|7B|7D)/g, decodeURIComponent),
    query: forQuery === 'q' ? query! : null,
    day: Number(day),
  }
}

/** The last five numbers; before those of a tile stands the offset that wrote them. */
const countsOf = (value: string): Counts => {
  const [impressions, clicks, watched_ms, long_clicks, completes] = value.split(',').slice(-5).map(Number)
  return {
    impressions: impressions!,
    clicks: clicks!,
    watched_ms: watched_ms!,
    long_clicks: long_clicks!,
    completes: completes!,
  }
}

const sum = (all: Counts[]): Counts => ({
  impressions: all.reduce((total, one) => total + one.impressions, 0),
  clicks: all.reduce((total, one) => total + one.clicks, 0),
  watched_ms: all.reduce((total, one) => total + one.watched_ms, 0),
  long_clicks: all.reduce((total, one) => total + one.long_clicks, 0),
  completes: all.reduce((total, one) => total + one.completes, 0),
})
