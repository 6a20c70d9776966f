import type { RedisClient } from '../../stores/redis/client.js'
import { engagementWriter } from '../../stores/redis/write-engagement.js'
import { topics } from '../topics.js'
import type { Sink } from './sink.js'

/** Absolute tiles → Redis, where readers sum them into windows; see stores/redis/engagement-keys.ts. */
export function serveEngagement(redis: RedisClient, namespace: string): Sink<'TileCounted'> {
  const write = engagementWriter(redis, namespace)
  return {
    name: 'serve-engagement',
    reads: [topics.engagement],
    store: async (records) => {
      await write(records.map(({ offset, value }) => ({ offset, tile: value })))
      return { dead: [] }
    },
  }
}
