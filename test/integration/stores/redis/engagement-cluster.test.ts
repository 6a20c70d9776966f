import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { pino } from 'pino'
import { TILE_MS } from '../../../../schemas/tiles.js'
import { connectRedis, type RedisClient } from '../../../../stores/redis/client.js'
import { DAY_MS } from '../../../../stores/redis/engagement-keys.js'
import { hottestVideos, readEngagement } from '../../../../stores/redis/read-engagement.js'
import { engagementWriter, type OrderedTile } from '../../../../stores/redis/write-engagement.js'
import { startRedisCluster, type TestRedisCluster } from '../../../helpers/redis-cluster.js'

const NOW = 20_000 * DAY_MS + 1_234

describe('engagement in a Redis Cluster', () => {
  let cluster: TestRedisCluster
  let redis: RedisClient
  beforeAll(async () => {
    cluster = await startRedisCluster()
    redis = await connectRedis({ url: cluster.url, cluster: true }, pino({ level: 'silent' }))
  })
  afterAll(async () => {
    await redis.quit()
    await cluster.stop()
  })

  it('writes and reads videos of all nodes together, whatever is in their ids', async () => {
    const videoIds = [...Array.from({ length: 200 }, (_, n) => `v${n}`), '{', '}', '{}', 'a{b}c', '}{', '视频 1', '%7B']
    const tiles = videoIds.flatMap((video_id, n): OrderedTile[] =>
      [0, 1, 300].flatMap((ago, m) =>
        [null, 'a {query}', ''].map((query, q) => ({
          offset: n * 9 + m * 3 + q,
          tile: {
            ...{ video_id, query, tile: 20_000 * DAY_MS - ago * TILE_MS, as_of: NOW },
            ...{ impressions: 1, clicks: n, watched_ms: m, long_clicks: 0, completes: 0 },
          },
        })),
      ),
    )
    const write = engagementWriter(redis, 'live')
    await write(tiles)
    await write(tiles)
    for (const query of [null, 'a {query}', '']) {
      const sums = await readEngagement(redis, 'live', { videoIds, query, window: '7d', now: NOW })
      expect(sums).toEqual(
        videoIds.map((video_id, n) => ({
          ...{ video_id, impressions: 3, clicks: 3 * n, watched_ms: 3, long_clicks: 0, completes: 0 },
        })),
      )
    }
    const [hottest] = await hottestVideos(redis, 'live', { now: NOW, minutes: 10, limit: 1 })
    expect(hottest).toEqual({ video_id: '%7B', heat: 2 * 206 * 60_000 + 1 })
  })
})
