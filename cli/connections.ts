import type { Kafka } from 'kafkajs'
import type { Logger } from 'pino'
import type { Config } from '../config/config.js'
import { FatalError } from '../errors/errors.js'
import { openWarehouse, ensureDatabase, type Warehouse, type WarehouseOptions } from '../stores/clickhouse/warehouse.js'
import { connectKafka } from '../stores/kafka/client.js'
import { findRunningStack, startLocalStack, type LocalStack } from '../stores/local-stack.js'
import { connectRedis, type RedisClient } from '../stores/redis/client.js'

export type Store = 'kafka' | 'redis' | 'clickhouse'

/** Clients of the stores that a command uses, each opened on first use, and all closed together. */
export interface Connections {
  kafka(): Kafka
  redis(): Promise<RedisClient>
  /** The namespace's database, which is created if it is missing. */
  warehouse(): Promise<Warehouse>
  /** The namespace's database. @throws FatalError COMMAND_INVALID naming those that exist when this one does not */
  existingWarehouse(): Promise<Warehouse>
  /** The part of the stack that this process runs itself, for those who want to know when it fails. */
  readonly stack: LocalStack | undefined
  /** Where everything is, for people. */
  readonly addresses: Partial<Record<Store, string>>
  close(): Promise<void>
}

export const databaseOf = (namespace: string): string => `kinora_${namespace.replaceAll('-', '_')}`

/**
 * Finds the stores: those that the environment names, else those of a stack that runs on the data folder, else, where
 * `start` says so, a stack of our own that ends with us.
 * @throws FatalError STACK_FAILED when a store is nowhere
 */
export async function openConnections(
  config: Config,
  logger: Logger,
  needs: readonly Store[],
  { start = false }: { start?: boolean } = {},
): Promise<Connections> {
  const external = externalOf(config)
  const missing = needs.filter((store) => external[store] === undefined)
  const running = missing.length > 0 ? await findRunningStack(config.dataDir) : undefined
  const found = running ? { kafka: running.brokers, redis: running.redisUrl, clickhouse: running.clickhouseUrl } : {}
  const absent = missing.filter((store) => found[store] === undefined)
  if (absent.length > 0 && !start) throw nowhere(absent, config)
  const stack = absent.length > 0 ? await openStack(config, logger, absent) : undefined
  const own = stack ? { kafka: stack.brokers, redis: stack.redisUrl, clickhouse: stack.clickhouseUrl } : {}
  return connections(config, logger, { ...defined(own), ...defined(found), ...defined(external) }, stack)
}

const externalOf = ({ kafka, redis, clickhouse }: Config): Partial<Record<Store, string | undefined>> => ({
  kafka: kafka.brokers?.join(','),
  redis: redis.url,
  clickhouse: clickhouse.url,
})

const openStack = (config: Config, logger: Logger, need: readonly Store[]): Promise<LocalStack> =>
  startLocalStack({
    dataDir: config.dataDir,
    cacheDir: config.cacheDir,
    logger,
    need: { kafka: need.includes('kafka'), redis: need.includes('redis'), clickhouse: need.includes('clickhouse') },
  })

const defined = (all: Partial<Record<Store, string | undefined>>): Partial<Record<Store, string>> =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))

function nowhere(absent: readonly Store[], { dataDir }: Config): FatalError {
  const variables = { kafka: 'KAFKA_BROKERS', redis: 'REDIS_URL', clickhouse: 'CLICKHOUSE_URL' }
  const named = absent.map((store) => variables[store]).join(', ')
  return new FatalError('STACK_FAILED', `no stack runs in ${dataDir}: start one with \`kinora up\`, or set ${named}`)
}

function connections(
  config: Config,
  logger: Logger,
  addresses: Partial<Record<Store, string>>,
  stack: LocalStack | undefined,
): Connections {
  const closing: (() => Promise<unknown>)[] = []
  const warehouseOptions = (): WarehouseOptions => {
    const database = databaseOf(config.namespace)
    if (stack?.clickhouse) return { connection: stack.clickhouse.connection, database }
    const { user, password } = config.clickhouse
    return { url: addresses.clickhouse!, database, ...(config.clickhouse.url !== undefined && { user, password }) }
  }
  const openKafka = once(() => {
    const { tls, sasl, clientId } = config.kafka
    return connectKafka({ brokers: addresses.kafka!.split(','), tls, clientId, sasl }, logger)
  })
  const openRedis = once(async () => {
    const client = await connectRedis({ url: addresses.redis!, cluster: config.redis.cluster }, logger)
    closing.push(() => client.quit())
    return client
  })
  const openDatabase = once(async () => {
    await ensureDatabase(warehouseOptions())
    const warehouse = openWarehouse(warehouseOptions())
    closing.push(() => warehouse.close())
    return warehouse
  })
  const openExisting = once(async () => {
    await requireDatabase(warehouseOptions(), config.namespace)
    return openDatabase()
  })
  return {
    kafka: openKafka,
    redis: openRedis,
    warehouse: openDatabase,
    existingWarehouse: openExisting,
    stack,
    addresses,
    close: async () => {
      await Promise.allSettled(closing.map((close) => close()))
      await stack?.stop()
    },
  }
}

/** Reading from a namespace that nobody has written to is a slip of the keyboard more often than not. */
async function requireDatabase(options: WarehouseOptions, namespace: string): Promise<void> {
  const all = openWarehouse({ ...options, database: 'default' })
  try {
    const rows = await all.rows<{ name: string }>("SELECT name FROM system.databases WHERE startsWith(name, 'kinora_')")
    if (rows.some(({ name }) => name === options.database)) return
    const others = rows.map(({ name }) => name.slice('kinora_'.length).replaceAll('_', '-')).join(', ')
    const hint = others === '' ? 'there is none yet' : `there is: ${others} (choose one with --namespace)`
    throw new FatalError('COMMAND_INVALID', `ClickHouse has no namespace ${namespace}: ${hint}`)
  } finally {
    await all.close()
  }
}

function once<T>(open: () => T): () => T {
  let opened: { value: T } | undefined
  return () => (opened ??= { value: open() }).value
}
