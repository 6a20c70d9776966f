import { TILE_MS } from '../../schemas/tiles.js'

/**
 * Where engagement is in Redis.
 *
 *     <ns>:eng:{<video>}:<day>           all queries
 *     <ns>:engq:{<video>}:<day>:<query>  one query, byte for byte
 *
 * are hashes of one day of event time, counted from the epoch. Fields: the tile of the day (`0` … `287`), its hour
 * (`h0` … `h23`), the day (`d`), and `a`, the newest event time that a writer knew. A tile's value is
 * `<source offset>,<impressions>,<clicks>,<watched_ms>,<long clicks>,<completes>`; hours and days have no offset: they
 * are the sums of the stored tiles, and change with them in one script, so that a reader need not add up 2,016 tiles.
 *
 *     <ns>:hot:{<tile>}           sorted set: video → score in that tile
 *     <ns>:hot:{<tile>}:offsets   hash: video → source offset of its score; the empty field is the newest event time
 *
 * What stands in braces decides the slot in a Redis Cluster: all of one video, and both keys of one tile, are together.
 */
export const TILES_PER_HOUR = 12
export const TILES_PER_DAY = 288
export const DAY_MS = TILES_PER_DAY * TILE_MS

/** A day is kept until this long after its end: the longest window, and a day to be read at leisure. */
export const KEEP_DAYS_MS = 8 * DAY_MS
/** Hot lists are about minutes. */
export const KEEP_HOT_MS = 2 * 60 * 60_000

/** Braces in an id would move it to another slot, and an id that begins with one would have none of its own. */
const slotOf = (id: string): string => `{${id.replace(/[%{}]/g, encodeURIComponent)}}`

/** The hash of a video's day; a null query means all of them. */
export const dayKey = (namespace: string, videoId: string, day: number, query: string | null): string =>
  query === null ? `${namespace}:eng:${slotOf(videoId)}:${day}` : `${namespace}:engq:${slotOf(videoId)}:${day}:${query}`

/** The sorted set of a tile (its start, epoch ms). */
export const hotKey = (namespace: string, tile: number): string => `${namespace}:hot:{${tile}}`

/** The offsets behind {@link hotKey}. */
export const hotOffsetsKey = (namespace: string, tile: number): string => `${hotKey(namespace, tile)}:offsets`
