import type { Logger } from 'pino'
import type { Config } from '../config/config.js'
import { FatalError, messageOf } from '../errors/errors.js'
import { openCodec } from '../schemas/confluent-codec.js'
import type { Codec } from '../schemas/codec.js'
import type { CalibrationPublished } from '../schemas/events.js'
import { migrate } from '../stores/clickhouse/migrate.js'
import { checkTopics, createTopics } from '../stores/kafka/topic-admin.js'
import { whileAway } from '../stores/kafka/while-away.js'
import { checkCalibration } from '../streams/behavior/calibration.js'
import { dieAt } from '../streams/runtime/failpoints.js'
import type { RunningStream, StreamEnvironment } from '../streams/runtime/fold-runner.js'
import { serveHealth, type HealthServer, type StreamStatus } from '../streams/runtime/health-server.js'
import { watchLag } from '../streams/runtime/lag-watch.js'
import { openMetrics, type Metrics } from '../streams/runtime/metrics.js'
import { openReferenceTable, type ReferenceTable } from '../streams/runtime/reference-table.js'
import { startProcessors, stopProcessors } from '../streams/start.js'
import { topics } from '../streams/topics.js'
import type { Parts, Processor } from '../streams/topology.js'
import type { Connections } from './connections.js'

/** Processors that run in this process. */
export interface Platform {
  readonly codec: Codec
  readonly health: HealthServer | undefined
  readonly running: readonly RunningStream[]
  status(): StreamStatus[]
  /** Settles when a stream or a part of the local stack has failed for good: the process should stop and exit 1. */
  readonly failed: Promise<unknown>
  stop(): Promise<void>
}

/** Creates the topics that the namespace lacks. Running it again changes nothing. */
export async function prepareTopics(config: Config, connections: Connections): Promise<void> {
  const admin = connections.kafka().admin()
  await admin.connect()
  try {
    await createTopics(admin, config.namespace, config.topics)
    await checkTopics(admin, config.namespace)
  } finally {
    await admin.disconnect()
  }
}

/** Starts processors on connected stores; waits for a broker that does not answer yet. */
export async function startPlatform(
  processors: readonly Processor[],
  config: Config,
  connections: Connections,
  logger: Logger,
  signal?: AbortSignal,
): Promise<Platform> {
  const patiently = <T>(action: () => Promise<T>) => whileAway(action, { logger, signal })
  await patiently(() => prepareTopics(config, connections))
  if (processors.some(({ needs }) => needs.includes('clickhouse'))) await migrate(await connections.warehouse())
  const failure = deferred<unknown>()
  const codec = await openCodec(config.registry.url)
  const metrics = openMetrics()
  const env: StreamEnvironment = {
    kafka: connections.kafka(),
    codec,
    settings: { namespace: config.namespace, ...config.runtime, time: { ...config.time, clock: config.clock } },
    failpoint: dieAt(new Map(config.failpoints.map(({ name, count }) => [name, count]))),
    logger,
    onFatal: (stream, error) => {
      logger.fatal({ stream, code: codeOf(error), err: error }, messageOf(error))
      failure.settle(error)
    },
  }
  const { parts, close } = openParts(config, connections, env, metrics)
  const running = await patiently(() => startProcessors(processors, parts, env, metrics))
  const status = () => running.map((stream) => stream.status())
  const health = await startHealth(config, status, metrics)
  const { namespace } = config
  const unwatch = health && (await watchLag(running, { kafka: env.kafka, namespace, metrics, logger }))
  void connections.stack?.failed.then((error) => failure.settle(error))
  return {
    codec,
    health,
    running,
    status,
    failed: failure.promise,
    stop: async () => {
      await unwatch?.()
      await stopProcessors(running)
      await health?.close()
      await close()
    },
  }
}

function openParts(config: Config, connections: Connections, env: StreamEnvironment, metrics: Metrics) {
  let table: Promise<ReferenceTable<CalibrationPublished>> | undefined
  const labels = metrics.ofStream('label-samples')
  const parts: Parts = {
    namespace: config.namespace,
    windowMs: config.time.windowMs,
    skewMs: config.time.futureMs,
    warehouse: () => connections.warehouse(),
    redis: () => connections.redis(),
    calibrations: () => {
      table ??= openReferenceTable(topics.calibrations, (value) => void checkCalibration(value), env)
      // A failure is not remembered: the next try opens it afresh.
      table.catch(() => (table = undefined))
      return table
    },
    ungraded: (reason, rows) => labels.records(topics.outcomes.name, 'dropped', rows, reason),
  }
  return { parts, close: async () => (await table)?.close() }
}

async function startHealth(config: Config, status: () => StreamStatus[], metrics: Metrics) {
  const { host, port } = config.http
  return port === undefined ? undefined : serveHealth({ host, port, status, metrics })
}

/** Waits until every stream is live. @throws what made the platform fail, or the signal's reason */
export async function awaitLive(platform: Platform, signal: AbortSignal): Promise<void> {
  const failure = platform.failed.then((error) => ({ error: error as Error }))
  for (;;) {
    signal.throwIfAborted()
    const waiting = platform.status().filter(({ state }) => state !== 'live')
    if (waiting.length === 0) return
    const happened = await Promise.race([
      failure,
      new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 25)),
    ])
    if (happened) throw happened.error
  }
}

const codeOf = (error: unknown): string | undefined => (error instanceof FatalError ? error.code : undefined)

function deferred<T>(): { promise: Promise<T>; settle: (value: T) => void } {
  let settle!: (value: T) => void
  const promise = new Promise<T>((resolve) => (settle = resolve))
  return { promise, settle }
}
