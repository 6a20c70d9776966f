import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { startKafka, type LocalBroker } from '../../stores/kafka/local-broker.js'
import { startRedis, type LocalRedis } from '../../stores/redis/local-server.js'

/** ClickHouse over HTTP, owned by somebody whom the faults do not hit. */
export interface ClickHouseServer {
  url: string
  stop: () => Promise<void>
}

export interface Stack {
  brokers: string
  redisUrl: string
  clickhouseUrl: string
  /** Stops a store, and starts it again on the same data and port after it was away for so long. */
  restart: (store: 'kafka' | 'redis', awayMs: number) => Promise<void>
  stop: () => Promise<void>
}

export interface StackOptions {
  dataDir: string
  cacheDir: string
  logger: Logger
  startClickHouse: (dataDir: string) => Promise<ClickHouseServer>
}

export const startStack = async ({ dataDir, cacheDir, logger, startClickHouse }: StackOptions): Promise<Stack> => {
  const kafkaOptions = { dataDir: join(dataDir, 'kafka'), cacheDir, logger }
  const redisOptions = { dataDir: join(dataDir, 'redis'), cacheDir, logger }
  const portOf = (address: string) => Number(address.split(':').at(-1))
  let kafka: LocalBroker = await startKafka(kafkaOptions)
  let redis: LocalRedis = await startRedis(redisOptions)
  const clickhouse = await startClickHouse(join(dataDir, 'clickhouse'))
  return {
    brokers: kafka.brokers,
    redisUrl: redis.url,
    clickhouseUrl: clickhouse.url,
    restart: async (store, awayMs) => {
      if (store === 'kafka') {
        await kafka.stop()
        await delay(awayMs)
        kafka = await startKafka({ ...kafkaOptions, port: portOf(kafka.brokers) })
      } else {
        await redis.stop()
        await delay(awayMs)
        redis = await startRedis({ ...redisOptions, port: portOf(redis.url) })
      }
    },
    stop: async () => {
      await Promise.all([clickhouse.stop(), redis.stop()])
      await kafka.stop()
    },
  }
}
