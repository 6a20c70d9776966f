import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { Redis } from 'ioredis'
import { pino } from 'pino'
import type { TileCounted } from '../../../../schemas/events.js'
import { TILE_MS } from '../../../../schemas/tiles.js'
import { connectRedis, type RedisClient } from '../../../../stores/redis/client.js'
import { dayKey, DAY_MS, hotKey } from '../../../../stores/redis/engagement-keys.js'
import {
  hottestVideos,
  readEngagement,
  readTiles,
  type EngagementWindow,
} from '../../../../stores/redis/read-engagement.js'
import { engagementWriter, HOT_VIDEOS, type OrderedTile } from '../../../../stores/redis/write-engagement.js'
import { createRandom } from '../../../chaos/random.js'
import { trickyQueries } from '../../../chaos/world.js'
import { startTestStack, uniqueNamespace } from '../../../helpers/stack.js'
import { startTurnCounter } from '../../../helpers/turn-counter.js'

/** 12:34 on some day. */
const NOW = 20_000 * DAY_MS + 12 * 3_600_000 + 34 * 60_000
const CURRENT = Math.floor(NOW / TILE_MS) * TILE_MS

const counted = (offset: number, more: Partial<TileCounted> = {}): OrderedTile => ({
  offset,
  tile: {
    ...{ video_id: 'v', query: null, tile: CURRENT, as_of: NOW },
    ...{ impressions: 10, clicks: 2, watched_ms: 3_000, long_clicks: 1, completes: 1 },
    ...more,
  },
})

describe('engagement in Redis', () => {
  let url: string
  let redis: RedisClient
  let namespace: string
  let write: (tiles: readonly OrderedTile[]) => Promise<void>
  beforeAll(async () => {
    url = (await startTestStack({ redis: true })).redisUrl
    redis = await connectRedis({ url }, pino({ level: 'silent' }))
  })
  afterAll(() => redis.quit())
  beforeEach(() => {
    namespace = uniqueNamespace()
    write = engagementWriter(redis, namespace)
  })

  const clicks = async (window: EngagementWindow, query: string | null = null, now = NOW) =>
    (await readEngagement(redis, namespace, { videoIds: ['v'], query, window, now }))[0]!.clicks

  it('keeps the newest value of a tile, whatever comes after it', async () => {
    await write([counted(7, { clicks: 5 })])
    await write([counted(6, { clicks: 4 }), counted(7, { clicks: 9 })])
    expect(await clicks('1h')).toBe(5)
    await write([counted(9, { clicks: 3 }), counted(8, { clicks: 6 })])
    expect(await clicks('1h')).toBe(3)
    expect(await clicks('7d')).toBe(3)
  })

  it('lets a writer that was stopped for long do no harm, neither to tiles nor to their sums nor to the hot list', async () => {
    const batch = [counted(1), counted(2, { tile: CURRENT - TILE_MS, clicks: 7 })]
    await write(batch)
    await write([counted(10, { clicks: 4 }), counted(11, { tile: CURRENT - TILE_MS, clicks: 8 })])
    const before = await contents(redis, namespace)
    await write(batch)
    expect(await contents(redis, namespace)).toEqual(before)
  })

  it('sums the tiles that begin within the window, and no others', async () => {
    const at = { '1h': 3_600_000, '24h': DAY_MS, '7d': 7 * DAY_MS }
    await write([
      counted(1, { tile: CURRENT + TILE_MS, clicks: 1_000_000 }),
      counted(2, { tile: CURRENT, clicks: 1 }),
      counted(3, { tile: CURRENT + TILE_MS - at['1h'], clicks: 10 }),
      counted(4, { tile: CURRENT - at['1h'], clicks: 100 }),
      counted(5, { tile: CURRENT + TILE_MS - at['24h'], clicks: 1_000 }),
      counted(6, { tile: CURRENT - at['24h'], clicks: 10_000 }),
      counted(7, { tile: CURRENT + TILE_MS - at['7d'], clicks: 100_000 }),
      counted(8, { tile: CURRENT - at['7d'], clicks: 1_000_000 }),
    ])
    expect(await clicks('1h')).toBe(11)
    expect(await clicks('24h')).toBe(1_111)
    expect(await clicks('7d')).toBe(111_111)
  })

  it.each([1, 2, 3])('reads the same as adding up the newest values by hand (seed %i)', async (seed) => {
    const random = createRandom(seed)
    const newest = new Map<string, OrderedTile>()
    const videoIds = ['v', 'v{1}', '}', '视频']
    const queries = [null, '', 'a']
    for (let offset = 1; offset <= 3_000;) {
      const batch = Array.from({ length: random.int(1, 60) }, () => {
        const ago = random.int(0, 8 * 288) * TILE_MS
        const video = { video_id: random.pick(videoIds), query: random.pick(queries), tile: CURRENT - ago }
        const counts = { clicks: random.int(0, 9), watched_ms: random.int(0, 2 ** 40), impressions: random.int(0, 99) }
        return counted(offset++, { ...video, ...counts, as_of: NOW - 1000 + offset })
      })
      for (const one of batch) newest.set(JSON.stringify([one.tile.video_id, one.tile.query, one.tile.tile]), one)
      await write(random.chance(0.3) ? batch.reverse() : batch)
    }
    for (const [window, length] of [['1h', 3_600_000] as const, ['24h', DAY_MS] as const, ['7d', 7 * DAY_MS] as const])
      for (const query of queries)
        for (const now of [NOW, NOW - 5 * 3_600_000, CURRENT, CURRENT - 1]) {
          const sums = await readEngagement(redis, namespace, { videoIds, query, window, now })
          const expected = videoIds.map((video_id) => {
            const own = [...newest.values()]
              .map(({ tile }) => tile)
              .filter((tile) => tile.video_id === video_id && tile.query === query)
              .filter(({ tile }) => tile <= now && tile > now - length)
            const total = (metric: 'impressions' | 'clicks' | 'watched_ms' | 'long_clicks' | 'completes') =>
              own.reduce((sum, tile) => sum + tile[metric], 0)
            return {
              ...{ video_id, impressions: total('impressions'), clicks: total('clicks') },
              ...{ watched_ms: total('watched_ms'), long_clicks: total('long_clicks'), completes: total('completes') },
            }
          })
          expect(sums).toEqual(expected)
        }
  })

  it('tells queries apart byte by byte, and the empty one from all queries', async () => {
    const tiles = [null, ...trickyQueries].map((query, n) => counted(n + 1, { query, clicks: n + 1 }))
    await write(tiles)
    for (const { tile } of tiles) expect(await clicks('1h', tile.query)).toBe(tile.clicks)
    expect(await clicks('1h', 'never asked')).toBe(0)
    const keys = tiles.map(({ tile }) => tile)
    expect((await readTiles(redis, namespace, keys)).map((tile) => tile?.clicks)).toEqual(keys.map((t) => t.clicks))
    expect(await readTiles(redis, namespace, [{ ...keys[0]!, tile: 0 }])).toEqual([null])
  })

  it.each(['1h', '24h', '7d'] as const)('reads %s of 500 videos in one round trip', async (window) => {
    const videoIds = Array.from({ length: 500 }, (_, n) => `v${n}`)
    await write(videoIds.map((video_id, n) => counted(n + 1, { video_id, clicks: n })))
    const proxy = await startTurnCounter(url)
    const behind = await connectRedis({ url: proxy.url }, pino({ level: 'silent' }))
    try {
      const before = proxy.turns()
      const sums = await readEngagement(behind, namespace, { videoIds, window, now: NOW })
      expect(sums.map((sum) => sum.clicks)).toEqual(videoIds.map((_, n) => n))
      expect(proxy.turns() - before).toBe(1)
      await readEngagement(behind, namespace, { videoIds, window, now: NOW })
      expect(proxy.turns() - before).toBe(2)
    } finally {
      behind.disconnect()
      await proxy.stop()
    }
  })

  it('sends a batch in one round trip, its scripts by their hash once the server has them', async () => {
    const watcher = new Redis(url)
    const monitor = await watcher.monitor()
    const sent: string[] = []
    monitor.on('monitor', (_time: string, [command]: string[], source: string) => {
      if (source !== 'lua') sent.push(command!.toLowerCase())
    })
    await write([counted(1)])
    await write([counted(2), counted(3, { query: 'a' }), counted(4, { video_id: 'w' })])
    await redis.echo('end')
    await new Promise<void>((settle) => {
      const check = setInterval(() => {
        if (!sent.includes('echo')) return
        clearInterval(check)
        settle()
      }, 5)
    })
    monitor.disconnect()
    watcher.disconnect()
    expect(sent.slice(-5)).toEqual(['evalsha', 'evalsha', 'evalsha', 'evalsha', 'echo'])
  })

  it('works on after the server has lost its scripts', async () => {
    await write([counted(1)])
    await redis.script('FLUSH')
    await write([counted(2, { clicks: 8 })])
    expect(await clicks('1h')).toBe(8)
  })

  it('expires a day eight days after its end, as seen from the newest event time that a writer knew', async () => {
    const day = Math.floor(CURRENT / DAY_MS)
    const key = dayKey(namespace, 'v', day, null)
    const left = (asOf: number) => (day + 9) * DAY_MS - asOf
    await write([counted(1, { as_of: NOW })])
    await expectTtl(redis, key, left(NOW))
    await write([counted(2, { as_of: NOW + DAY_MS })])
    await expectTtl(redis, key, left(NOW + DAY_MS))
    // A writer that knows less does not give the day more time.
    await write([counted(3, { as_of: NOW })])
    await expectTtl(redis, key, left(NOW + DAY_MS))
    // What is over when it is written stays for a second, so that every write is seen to work.
    await write([counted(4, { as_of: NOW + 100 * DAY_MS })])
    await expectTtl(redis, key, 1_000)
  })

  it('finds the hottest videos of the last minutes: a click counts as a minute of watching', async () => {
    await write([
      counted(1, { video_id: 'clicked', clicks: 3, watched_ms: 0 }),
      counted(2, { video_id: 'watched', clicks: 0, watched_ms: 100_000 }),
      counted(3, { video_id: 'watched', clicks: 0, watched_ms: 100_000, tile: CURRENT - TILE_MS }),
      counted(4, { video_id: 'old', clicks: 99, tile: CURRENT - 2 * TILE_MS }),
      counted(5, { video_id: 'only shown', clicks: 0, watched_ms: 0 }),
      counted(6, { video_id: 'under a query', query: 'a', clicks: 99 }),
    ])
    expect(await hottestVideos(redis, namespace, { now: NOW, minutes: 10, limit: 5 })).toEqual([
      { video_id: 'watched', heat: 200_000 },
      { video_id: 'clicked', heat: 180_000 },
    ])
    expect(await hottestVideos(redis, namespace, { now: NOW, minutes: 5, limit: 5 })).toEqual([
      { video_id: 'clicked', heat: 180_000 },
      { video_id: 'watched', heat: 100_000 },
    ])
    expect(await hottestVideos(redis, namespace, { now: NOW, minutes: 60, limit: 1 })).toEqual([
      { video_id: 'old', heat: 99 * 60_000 + 3_000 },
    ])
  })

  it('takes back heat that turned out wrong', async () => {
    await write([counted(1, { clicks: 1, watched_ms: 0 })])
    await write([counted(2, { clicks: 0, watched_ms: 0 })])
    expect(await hottestVideos(redis, namespace, { now: NOW, minutes: 5, limit: 5 })).toEqual([])
  })

  it('keeps only the hottest few thousand of a tile, and lets a video that fell out come back', async () => {
    const videos = Array.from({ length: HOT_VIDEOS + 500 }, (_, n) =>
      counted(n + 1, { video_id: `v${n}`, clicks: n + 1 }),
    )
    await write(videos)
    expect(await redis.zcard(hotKey(namespace, CURRENT))).toBe(HOT_VIDEOS)
    expect(await redis.hlen(`${hotKey(namespace, CURRENT)}:offsets`)).toBe(HOT_VIDEOS + 1)
    await write([counted(9_999, { video_id: 'v0', clicks: 99_999 })])
    const [first] = await hottestVideos(redis, namespace, { now: NOW, minutes: 5, limit: 1 })
    expect(first?.video_id).toBe('v0')
    expect(await redis.pttl(hotKey(namespace, CURRENT))).toBeGreaterThan(3_600_000)
  })

  it('says REDIS_UNAVAILABLE, which may be tried again, when nobody answers', async () => {
    const gone = await connectRedis({ url }, pino({ level: 'silent' }))
    await gone.quit()
    const error = { code: 'REDIS_UNAVAILABLE', retriable: true }
    await expect(engagementWriter(gone, namespace)([counted(1)])).rejects.toMatchObject(error)
    await expect(readEngagement(gone, namespace, { videoIds: ['v'], window: '1h', now: NOW })).rejects.toMatchObject(
      error,
    )
  })
})

/** The TTL of a key is what it should be, give or take what a slow machine makes of it. */
async function expectTtl(redis: RedisClient, key: string, ttlMs: number): Promise<void> {
  const left = await redis.pttl(key)
  expect(left).toBeLessThanOrEqual(ttlMs)
  expect(left).toBeGreaterThan(Math.max(0, ttlMs - 5_000))
}

/** All keys of a namespace with their values. */
async function contents(redis: RedisClient, namespace: string): Promise<Record<string, unknown>> {
  const keys = (await redis.keys(`${namespace}:*`)).sort()
  const values = await Promise.all(
    keys.map(async (key) =>
      (await redis.type(key)) === 'zset' ? redis.zrange(key, 0, -1, 'WITHSCORES') : redis.hgetall(key),
    ),
  )
  return Object.fromEntries(keys.map((key, n) => [key, values[n]]))
}
