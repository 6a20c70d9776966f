import { Cluster, Redis } from 'ioredis'
import type { Logger } from 'pino'
import { TransientError } from '../../errors/errors.js'

export type RedisClient = Redis | Cluster

export interface RedisSettings {
  /** `redis://` or, with TLS, `rediss://`; user and password in it. */
  readonly url: string
  /** The URL is a node of a Redis Cluster; the others are found through it. */
  readonly cluster?: boolean
}

/**
 * Connects to Redis or a Redis Cluster. Later failures are retried by the client; a command fails rather than wait
 * for minutes, so that streams can say what they wait for.
 * @throws TransientError REDIS_UNAVAILABLE when nobody answers
 */
export async function connectRedis({ url, cluster = false }: RedisSettings, logger: Logger): Promise<RedisClient> {
  const options = { lazyConnect: true, enableAutoPipelining: true, maxRetriesPerRequest: 3, connectTimeout: 5_000 }
  const client = cluster ? openCluster(url, options) : new Redis(url, options)
  client.on('error', (error: Error) => logger.debug({ reason: error.message }, 'redis connection'))
  try {
    await client.connect()
    return client
  } catch (cause) {
    client.disconnect()
    throw new TransientError('REDIS_UNAVAILABLE', `Redis does not answer at ${hostOf(url)}`, { cause })
  }
}

function openCluster(url: string, redisOptions: Record<string, unknown>): Cluster {
  const { hostname, port, username, password, protocol } = new URL(url)
  return new Cluster([{ host: hostname, port: Number(port || 6379) }], {
    ...redisOptions,
    redisOptions: {
      ...redisOptions,
      ...(username && { username: decodeURIComponent(username) }),
      ...(password && { password: decodeURIComponent(password) }),
      ...(protocol === 'rediss:' && { tls: {} }),
    },
  })
}

/** Without the password. */
const hostOf = (url: string): string => new URL(url).host
