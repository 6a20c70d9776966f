/** Kafka, Redis and ClickHouse on one machine with nothing installed, owned by one process. */
import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Logger } from 'pino'
import { FatalError } from '../errors/errors.js'
import { startEmbeddedClickHouse, type EmbeddedClickHouse } from './clickhouse/embedded.js'
import { startKafka, type LocalBroker } from './kafka/local-broker.js'
import { isAlive, isHeld, takeLock, type Holder } from './lock-file.js'
import { processIdentity } from './process-identity.js'
import { startRedis, type LocalRedis } from './redis/local-server.js'

export interface LocalStackOptions {
  /** All that the stack keeps between runs. */
  readonly dataDir: string
  /** Downloads, shared by all projects of this user. */
  readonly cacheDir: string
  readonly logger: Logger
  /** The others are elsewhere, or not used. */
  readonly need: { readonly kafka?: boolean; readonly redis?: boolean; readonly clickhouse?: boolean }
}

/** Where the parts answer; undefined for those that were not asked for. */
export interface Endpoints {
  readonly brokers?: string
  readonly redisUrl?: string
  readonly clickhouseUrl?: string
}

export interface LocalStack extends Endpoints {
  /** For statements from this process: `openWarehouse({ connection: stack.clickhouse.connection, database })`. */
  readonly clickhouse?: EmbeddedClickHouse
  /** Settles when a child process ends that nobody asked to: the owner should stop then. */
  readonly failed: Promise<FatalError>
  /** Stops all parts and gives the folder free. Safe to call twice. */
  stop(): Promise<void>
}

export interface RunningStack extends Endpoints {
  readonly pid: number
}

/**
 * Starts what is needed, side by side, and writes where it is to `stack.json` in the data folder.
 * @throws FatalError STACK_FAILED when a part does not start (the others are stopped again), or when the folder belongs
 * to a running process, which the message names
 */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const dataDir = resolve(options.dataDir)
  await mkdir(dataDir, { recursive: true })
  const lock = await takeLock(join(dataDir, 'stack.lock'))
  if (isHeld(lock)) {
    const mend = 'use that one, stop it, or set KINORA_DATA_DIR to another folder'
    throw new FatalError('STACK_FAILED', `process ${lock.pid} already runs the local stack in ${dataDir}: ${mend}`)
  }
  const file = join(dataDir, 'stack.json')
  try {
    const parts = await startParts({ ...options, dataDir })
    const endpoints = endpointsOf(parts)
    await announce(file, endpoints)
    let stopping: Promise<void> | undefined
    const stop = async (): Promise<void> => {
      await rm(file, { force: true })
      await stopParts(parts)
      await lock.release()
    }
    return {
      ...endpoints,
      ...(parts.clickhouse ? { clickhouse: parts.clickhouse } : {}),
      failed: firstToFail(parts, () => stopping !== undefined),
      stop: () => (stopping ??= stop()),
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** The stack that a living process runs on this data folder. */
export async function findRunningStack(dataDir: string): Promise<RunningStack | undefined> {
  const text = await readFile(join(dataDir, 'stack.json'), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const { identity, ...stack } = JSON.parse(text) as RunningStack & Holder
  return (await isAlive({ pid: stack.pid, identity })) ? stack : undefined
}

interface Parts {
  kafka?: LocalBroker
  redis?: LocalRedis
  clickhouse?: EmbeddedClickHouse
}

async function startParts({ dataDir, cacheDir, logger, need }: LocalStackOptions): Promise<Parts> {
  const parts: Parts = {}
  const folder = (name: string) => ({ dataDir: join(dataDir, name), cacheDir, logger })
  const starts = await Promise.allSettled([
    need.kafka && startKafka(folder('kafka')).then((kafka) => (parts.kafka = kafka)),
    need.redis && startRedis(folder('redis')).then((redis) => (parts.redis = redis)),
    need.clickhouse && startEmbeddedClickHouse(folder('clickhouse')).then((engine) => (parts.clickhouse = engine)),
  ])
  const failure = starts.find((start) => start.status === 'rejected')
  if (!failure) return parts
  await stopParts(parts)
  throw failure.reason
}

async function stopParts({ kafka, redis, clickhouse }: Parts): Promise<void> {
  await kafka?.stop()
  await redis?.stop()
  await clickhouse?.stop()
}

const endpointsOf = ({ kafka, redis, clickhouse }: Parts): Endpoints => ({
  ...(kafka ? { brokers: kafka.brokers } : {}),
  ...(redis ? { redisUrl: redis.url } : {}),
  ...(clickhouse ? { clickhouseUrl: clickhouse.url } : {}),
})

/** A reader sees the whole file or none. */
async function announce(file: string, endpoints: Endpoints): Promise<void> {
  const identity = (await processIdentity(process.pid)) ?? ''
  const draft = `${file}.${randomUUID()}`
  await writeFile(draft, `${JSON.stringify({ pid: process.pid, identity, ...endpoints }, null, 2)}\n`)
  await rename(draft, file)
}

function firstToFail({ kafka, redis }: Parts, isStopping: () => boolean): Promise<FatalError> {
  return new Promise((settle) => {
    for (const [name, child] of Object.entries({ Kafka: kafka, Redis: redis })) {
      void child?.exited.then((how) => {
        if (!isStopping()) settle(new FatalError('STACK_FAILED', `${name} ended (${how}); log: ${child.logFile}`))
      })
    }
  })
}
