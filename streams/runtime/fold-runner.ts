import type { Admin, Consumer, Kafka } from 'kafkajs'
import type { Logger } from 'pino'
import { FatalError, messageOf } from '../../errors/errors.js'
import type { Codec } from '../../schemas/codec.js'
import { groupName, topicName, topics, type Topic } from '../topics.js'
import { copartitionAssigner } from './copartition-assigner.js'
import type { Failpoints } from './failpoints.js'
import { linger } from './linger.js'
import type { Fold } from './fold.js'
import type { StreamStatus } from './health-server.js'
import type { TimeRules } from './input-clock.js'
import type { StreamMetrics } from './metrics.js'
import { PartitionTask, type TaskEnvironment } from './partition-task.js'

export interface StreamSettings {
  readonly namespace: string
  readonly commitIntervalMs: number
  /** Go on with what is left where window state cannot be rebuilt. */
  readonly acceptStateLoss: boolean
  readonly sessionTimeoutMs: number
  readonly maxBytesPerPartition: number
  readonly time: TimeRules & { readonly futureMs: number }
}

/** What every running stream needs from its process. */
export interface StreamEnvironment {
  readonly kafka: Kafka
  readonly codec: Codec
  readonly settings: StreamSettings
  readonly failpoint: Failpoints
  readonly logger: Logger
  /** The stream cannot go on in this process: say so and exit. */
  readonly onFatal: (stream: string, error: unknown) => void
}

/** A stream in this process. */
export interface RunningStream {
  readonly name: string
  readonly reads: readonly Topic[]
  status(): StreamStatus
  /** Finishes what is begun, commits, and leaves the group. */
  stop(): Promise<void>
}

const TICK_MS = 25

/** A small batch is followed by a pause of this part of the commit interval: fewer fetches, hardly later commits. */
const LINGERS_PER_COMMIT = 5

/** Runs a fold in its consumer group until it is stopped. */
export async function runFold(fold: Fold, env: StreamEnvironment, metrics: StreamMetrics): Promise<RunningStream> {
  const runner = new FoldRunner(fold, env, metrics)
  await started(runner)
  return runner
}

/** Starts a stream; what a failed start has opened is closed again. */
export async function started(runner: RunningStream & { start(): Promise<void> }): Promise<void> {
  try {
    await runner.start()
  } catch (error) {
    await runner.stop().catch(() => undefined)
    throw error
  }
}

class FoldRunner implements RunningStream {
  readonly name: string
  readonly reads: readonly Topic[]
  private readonly groupId: string
  private readonly admin: Admin
  private readonly consumer: Consumer
  private readonly tasks = new Map<number, PartitionTask>()
  private readonly inputOf: Map<string, number>
  private readonly partitionCounts = new Map<string, number>()
  private readonly lost = new Set<number>()
  private state: StreamStatus['state'] = 'starting'
  private crash: unknown
  private timer: NodeJS.Timeout | undefined
  private lookingUp = false

  constructor(
    private readonly fold: Fold,
    private readonly env: StreamEnvironment,
    private readonly metrics: StreamMetrics,
  ) {
    const { kafka, settings } = env
    this.name = fold.name
    this.reads = fold.reads
    this.groupId = groupName(settings.namespace, fold.name)
    this.inputOf = new Map(fold.reads.map((topic, input) => [this.nameOf(topic), input]))
    this.admin = kafka.admin()
    this.consumer = kafka.consumer({
      groupId: this.groupId,
      partitionAssigners: [copartitionAssigner(() => [...this.tasks.keys()])],
      sessionTimeout: settings.sessionTimeoutMs,
      heartbeatInterval: Math.max(100, Math.floor(settings.sessionTimeoutMs / 5)),
      rebalanceTimeout: Math.max(10_000, settings.sessionTimeoutMs),
      maxWaitTimeInMs: 200,
      maxBytesPerPartition: settings.maxBytesPerPartition,
      // Partitions are fetched in a fixed order under this total: too small, and the last ones starve.
      maxBytes: 256 * 1024 * 1024,
      retry: { initialRetryTime: 50, maxRetryTime: 2_000, retries: 10, restartOnFailure: () => Promise.resolve(true) },
    })
  }

  async start(): Promise<void> {
    await this.admin.connect()
    for (const topic of [...this.fold.reads, ...this.fold.writes, topics.deadLetters]) await this.learnPartitions(topic)
    await this.consumer.connect()
    this.listen()
    await this.consumer.subscribe({ topics: [...this.inputOf.keys()], fromBeginning: true })
    await this.consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: 4,
      eachBatch: async (payload) => {
        const { batch } = payload
        await this.env.codec.prepare(batch.messages.map(({ value }) => value))
        await this.tasks.get(batch.partition)?.take(this.inputOf.get(batch.topic)!, batch)
        await payload.heartbeat()
        await linger(batch, this.env.settings.commitIntervalMs / LINGERS_PER_COMMIT)
      },
    })
    this.timer = setInterval(() => this.tick(Date.now()), TICK_MS)
  }

  status(): StreamStatus {
    if (this.crash !== undefined) return { stream: this.name, state: 'crashed', reason: messageOf(this.crash) }
    if (this.state !== 'live') return { stream: this.name, state: this.state }
    const rebuilding = [...this.tasks.values()].filter(({ phase }) => phase !== 'live').length + this.lost.size
    if (rebuilding === 0) return { stream: this.name, state: 'live' }
    return { stream: this.name, state: 'rebuilding', reason: `${rebuilding} of ${this.tasks.size} partitions` }
  }

  async stop(): Promise<void> {
    this.state = 'stopping'
    clearInterval(this.timer)
    const tasks = [...this.tasks.values()]
    await Promise.all(tasks.map((task) => task.drain()))
    this.tasks.clear()
    await this.consumer.disconnect()
    await this.admin.disconnect()
  }

  private nameOf(topic: Topic): string {
    return topicName(this.env.settings.namespace, topic)
  }

  private async learnPartitions(topic: Topic): Promise<void> {
    const name = this.nameOf(topic)
    const { topics } = await this.admin.fetchTopicMetadata({ topics: [name] })
    this.partitionCounts.set(topic.name, topics[0]?.partitions.length ?? 0)
  }

  private partitionsOf(topic: Topic): number {
    const count = this.partitionCounts.get(topic.name)
    if (!count) throw new FatalError('TOPIC_MISMATCH', `topic ${this.nameOf(topic)} does not exist`)
    return count
  }

  private listen(): void {
    const { consumer } = this
    const { events } = consumer
    consumer.on(events.GROUP_JOIN, ({ payload }) => this.joined(payload.memberAssignment))
    // A heartbeat that succeeds proves that the partitions are ours: whoever fenced us was the one left behind.
    consumer.on(events.HEARTBEAT, () => this.reclaimLost())
    consumer.on(events.END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize > 0) return
      const task = this.tasks.get(payload.partition)
      task?.skip(this.inputOf.get(payload.topic)!, Number(payload.firstOffset), Number(payload.lastOffset))
    })
    consumer.on(events.CRASH, ({ payload }) => {
      if (payload.restart) this.env.logger.warn({ reason: payload.error.message }, 'consumer restarts')
      else this.fail(payload.error)
    })
  }

  /** Runs before the first fetch of the generation: what is not ours is dropped, what is new is held and taken over. */
  private joined(assignment: Record<string, number[]>): void {
    if (this.state === 'stopping') return
    const assigned = new Set(assignment[this.nameOf(this.fold.reads[0]!)] ?? [])
    for (const [partition, task] of this.tasks) {
      if (assigned.has(partition)) task.resync()
      else this.release(partition, task)
    }
    for (const partition of assigned)
      if (!this.tasks.has(partition) || this.lost.has(partition)) this.takeOver(partition)
    for (const partition of this.lost) if (!assigned.has(partition)) this.lost.delete(partition)
    this.state = 'live'
    this.env.logger.info({ partitions: [...assigned] }, 'joined the group')
  }

  private release(partition: number, task: PartitionTask): void {
    this.tasks.delete(partition)
    task
      .close()
      .catch((error: unknown) => this.env.logger.warn({ partition, reason: messageOf(error) }, 'close failed'))
  }

  private takeOver(partition: number): void {
    this.lost.delete(partition)
    const task = new PartitionTask(this.taskEnvironment(), partition, {
      seek: (input, offset) =>
        this.consumer.seek({ topic: this.nameOf(this.fold.reads[input]!), partition, offset: String(offset) }),
      pause: (input) => this.consumer.pause([this.placeOf(input, partition)]),
      resume: (input) => this.consumer.resume([this.placeOf(input, partition)]),
    })
    this.tasks.set(partition, task)
    task.holdAll()
    task.acquire().catch((error: unknown) => this.onLost(task, error))
  }

  private placeOf(input: number, partition: number) {
    return { topic: this.nameOf(this.fold.reads[input]!), partitions: [partition] }
  }

  private taskEnvironment(): TaskEnvironment {
    const { kafka, codec, settings, logger } = this.env
    return {
      ...{ fold: this.fold, kafka, admin: this.admin, groupId: this.groupId, logger, metrics: this.metrics },
      failpoint: (name) => this.env.failpoint(name),
      nameOf: (topic) => this.nameOf(topic),
      engine: {
        partitions: this.partitionsOf(this.fold.reads[0]!),
        partitionsOf: (topic) => this.partitionsOf(topic),
        ...{ codec, time: settings.time, futureMs: settings.time.futureMs },
      },
      commitIntervalMs: settings.commitIntervalMs,
      acceptStateLoss: settings.acceptStateLoss,
      onLost: (task, error) => this.onLost(task, error),
    }
  }

  /** A task has lost its state. If the partition is still ours, the next heartbeat or join starts it afresh. */
  private onLost(task: PartitionTask, error: unknown): void {
    if (this.tasks.get(task.partition) !== task || this.state === 'stopping') return
    if (error instanceof FatalError || isTooLarge(error)) return this.fail(error)
    this.env.logger.warn({ partition: task.partition, reason: messageOf(error) }, 'partition lost')
    this.lost.add(task.partition)
    void task.close().catch(() => undefined)
  }

  private reclaimLost(): void {
    for (const partition of [...this.lost]) if (this.tasks.has(partition)) this.takeOver(partition)
  }

  private fail(error: unknown): void {
    if (this.crash !== undefined) return
    this.crash = error
    this.env.onFatal(this.name, error)
  }

  private tick(nowMs: number): void {
    for (const task of this.tasks.values()) task.tick(nowMs)
    const asking = [...this.tasks.values()].filter((task) => task.wantsLookup(nowMs))
    if (asking.length > 0 && !this.lookingUp) void this.lookUpEnds()
  }

  /** Asks where the inputs end, so that an input without news does not hold windows back. */
  private async lookUpEnds(): Promise<void> {
    this.lookingUp = true
    const startedMs = Date.now()
    try {
      await Promise.all(
        [...this.inputOf].map(async ([topic, input]) => {
          for (const { partition, high } of await this.admin.fetchTopicOffsets(topic))
            this.tasks.get(partition)?.sawEnd(input, Number(high), startedMs)
        }),
      )
    } catch (error) {
      this.env.logger.debug({ reason: messageOf(error) }, 'end offsets unknown')
    } finally {
      // Often enough to notice idleness in time, seldom enough not to bother the broker.
      setTimeout(() => (this.lookingUp = false), Math.min(1_000, this.env.settings.time.idleMs / 4)).unref()
    }
  }
}

/** Retrying cannot shrink a record. */
const isTooLarge = (error: unknown): boolean =>
  ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'].includes((error as { type?: string }).type ?? '')
