import type { Batch, Consumer } from 'kafkajs'
import { RecordError, TransientError, messageOf } from '../../errors/errors.js'
import type { DeadLettered, EventName } from '../../schemas/events.js'
import { validateEvent } from '../../schemas/validate.js'
import type { Sink, SinkRecord } from '../sinks/sink.js'
import { groupName, topicName, topics, type Topic } from '../topics.js'
import { copartitionAssigner } from './copartition-assigner.js'
import { started, type RunningStream, type StreamEnvironment } from './fold-runner.js'
import type { StreamStatus } from './health-server.js'
import { linger } from './linger.js'
import type { StreamMetrics } from './metrics.js'
import { backOff } from './back-off.js'
import { LetterBox } from './letter-box.js'
import { Waiting } from './waiting.js'
import { deadLetterOf, type Original, type RecordPlace } from './dead-letter.js'

export interface SinkSettings {
  /** Longest a record waits to be stored, ms. */
  readonly flushMs: number
  /** A flush begins when this many records wait. */
  readonly flushRecords: number
}

/** A small batch is followed by a pause of this part of the flush time: fewer fetches, hardly later flushes. */
const LINGERS_PER_FLUSH = 5

/** Runs a sink in its consumer group until it is stopped. */
export async function runSink(
  sink: Sink,
  env: StreamEnvironment,
  metrics: StreamMetrics,
  settings: SinkSettings,
): Promise<RunningStream> {
  const runner = new SinkRunner(sink, env, metrics, settings)
  await started(runner)
  return runner
}

/**
 * Stores records at least once: a flush writes them, then commits. What a crash in between repeats changes nothing,
 * because a sink's writes are idempotent and ordered (docs/guarantees.md).
 */
class SinkRunner implements RunningStream {
  readonly name: string
  readonly reads: readonly Topic[]
  private readonly consumer: Consumer
  private readonly letters: LetterBox
  private readonly eventOf: Map<string, EventName>
  private generation = 0
  private waiting = new Waiting(0)
  private flushing: Promise<unknown> = Promise.resolve()
  private isFlushing = false
  private timer: NodeJS.Timeout | undefined
  private state: StreamStatus['state'] = 'starting'
  private crash: unknown
  /** Why the store makes us wait. */
  private trouble: string | undefined

  constructor(
    private readonly sink: Sink,
    private readonly env: StreamEnvironment,
    private readonly metrics: StreamMetrics,
    private readonly settings: SinkSettings,
  ) {
    const { kafka } = env
    const { namespace, sessionTimeoutMs } = env.settings
    this.name = sink.name
    this.reads = sink.reads
    this.eventOf = new Map(sink.reads.map((topic) => [topicName(namespace, topic), topic.event]))
    let owned: readonly number[] = []
    this.consumer = kafka.consumer({
      groupId: groupName(namespace, sink.name),
      partitionAssigners: [copartitionAssigner(() => owned)],
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: Math.max(100, Math.floor(sessionTimeoutMs / 5)),
      rebalanceTimeout: Math.max(10_000, sessionTimeoutMs),
      maxWaitTimeInMs: 200,
      maxBytesPerPartition: 1024 * 1024,
      maxBytes: 256 * 1024 * 1024,
      retry: { initialRetryTime: 50, maxRetryTime: 2_000, retries: 10, restartOnFailure: () => Promise.resolve(true) },
    })
    const { codec, logger } = env
    this.letters = new LetterBox({ kafka, codec, logger, topic: topicName(namespace, topics.deadLetters) })
    this.consumer.on(this.consumer.events.GROUP_JOIN, ({ payload }) => {
      owned = [...new Set(Object.values(payload.memberAssignment).flat())]
      // Reading begins again at the committed offsets: what waits here will come again.
      this.waiting = new Waiting(++this.generation)
      this.state = 'live'
    })
    this.consumer.on(this.consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      // Control records only: there is nothing to store, but the offset moves.
      if (payload.batchSize === 0) this.reach(payload.topic, payload.partition, payload.lastOffset)
    })
    this.consumer.on(this.consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) this.fail(payload.error)
    })
  }

  async start(): Promise<void> {
    await Promise.all([this.letters.connect(), this.consumer.connect()])
    await this.consumer.subscribe({ topics: [...this.eventOf.keys()], fromBeginning: true })
    await this.consumer.run({
      autoCommit: false,
      eachBatch: async (payload) => {
        await this.env.codec.prepare(payload.batch.messages.map(({ value }) => value))
        this.collect(payload.batch)
        await this.withRoom(() => payload.heartbeat())
        await linger(payload.batch, this.settings.flushMs / LINGERS_PER_FLUSH)
      },
    })
    this.timer = setInterval(() => this.flushIfDue(), Math.max(10, this.settings.flushMs / 4))
  }

  status(): StreamStatus {
    if (this.crash !== undefined) return { stream: this.name, state: 'crashed', reason: messageOf(this.crash) }
    return { stream: this.name, state: this.state, ...(this.trouble !== undefined && { reason: this.trouble }) }
  }

  async stop(): Promise<void> {
    this.state = 'stopping'
    this.letters.giveUp()
    clearInterval(this.timer)
    await this.flushing
    this.flush()
    await this.flushing
    await this.consumer.disconnect()
    await this.letters.close()
  }

  private collect(batch: Batch): void {
    const { topic, partition } = batch
    for (const message of batch.messages) {
      const place = { topic: this.topicOf(topic), partition, offset: Number(message.offset) }
      this.admit(this.eventOf.get(topic)!, { ...place, receivedAt: Number(message.timestamp) }, message)
    }
    this.reach(topic, partition, batch.lastOffset())
  }

  private reach(topic: string, partition: number, lastOffset: string): void {
    const offset = String(BigInt(lastOffset) + 1n)
    this.waiting.positions.set(`${topic}/${partition}`, { topic, partition, offset })
  }

  private topicOf(name: string): string {
    return name.slice(this.env.settings.namespace.length + 1)
  }

  private admit(event: EventName, place: RecordPlace, original: Original): void {
    const { codec, settings } = this.env
    try {
      if (codec.eventNameOf(original.value) === 'WatermarkReached') return
      const value = codec.decode(event, original.value)
      validateEvent(event, value, { receivedAt: place.receivedAt, futureMs: settings.time.futureMs })
      this.waiting.add({ ...place, event, value } as SinkRecord, original)
    } catch (error) {
      if (!(error instanceof RecordError)) throw error
      // A dead letter that cannot be read has nowhere else to go: it stays where it is.
      if (event === 'DeadLettered') return this.metrics.records(place.topic, 'dead', 1, error.code)
      this.waiting.letters.push(this.letter(place, error, original))
    }
  }

  private letter(place: RecordPlace, error: { code: string; message: string }, original: Original): DeadLettered {
    this.metrics.records(place.topic, 'dead', 1, error.code)
    return deadLetterOf(this.name, place, error, original)
  }

  private get isFull(): boolean {
    return this.waiting.records.length >= this.settings.flushRecords
  }

  private flushIfDue(): void {
    if (this.isFull || Date.now() - this.waiting.sinceMs >= this.settings.flushMs) this.flush()
  }

  /** Begins to store what waits, unless a flush is under way: one at a time keeps the order. */
  private flush(): void {
    const batch = this.waiting
    if (this.isFlushing || batch.positions.size === 0) return
    this.waiting = new Waiting(this.generation)
    this.isFlushing = true
    this.flushing = this.write(batch)
      .catch((error: unknown) => this.fail(error))
      .finally(() => (this.isFlushing = false))
  }

  /** Backpressure: while a full batch waits for the flush before it, nothing more is read. */
  private async withRoom(heartbeat: () => Promise<void>): Promise<void> {
    while (this.isFull && this.state !== 'stopping' && this.crash === undefined) {
      this.flush()
      await heartbeat()
      await Promise.race([this.flushing, new Promise((resolve) => setTimeout(resolve, 500))])
    }
  }

  private async write(batch: Waiting): Promise<void> {
    const { records, originals, letters } = batch
    const startedMs = Date.now()
    const refused = records.length > 0 ? await this.store(records, originals) : []
    await this.letters.send([...letters, ...refused])
    await this.commit(batch)
    this.metrics.commit(Date.now() - startedMs)
    if (records[0]) this.metrics.freshness(Date.now() - records[0].receivedAt)
    for (const [topic, count] of countBy(records)) this.metrics.records(topic, 'used', count)
  }

  /**
   * Commits what is stored, unless the group has moved on since it was read: a partition may have another owner by
   * now, whose offset this one would take back. The records then come again, to us or to another, and change nothing.
   */
  private async commit({ positions, generation }: Waiting): Promise<void> {
    for (let attempt = 0; generation === this.generation && this.crash === undefined; attempt++) {
      try {
        return await this.consumer.commitOffsets([...positions.values()])
      } catch (error) {
        this.env.logger.debug({ stream: this.name, reason: messageOf(error) }, 'offsets not committed')
        if (this.state === 'stopping') return
        await backOff(Math.min(attempt, 3))
      }
    }
  }

  /** Stores the records, waiting as long as the store is down; returns those that it refused as data. */
  private async store(
    records: readonly SinkRecord[],
    originals: ReadonlyMap<SinkRecord, Original>,
  ): Promise<DeadLettered[]> {
    for (let attempt = 0; ; attempt++) {
      try {
        const { dead } = await this.sink.store(records)
        this.trouble = undefined
        return dead.map(({ record, code, reason }) => {
          return this.letter(record, { code, message: reason }, originals.get(record)!)
        })
      } catch (error) {
        if (!(error instanceof TransientError)) throw error
        this.trouble = error.message
        this.env.logger.warn({ stream: this.name, reason: error.message, attempt }, 'store is down, waiting')
        if (this.state === 'stopping') throw error
        await backOff(attempt)
      }
    }
  }

  private fail(error: unknown): void {
    if (this.crash !== undefined || this.state === 'stopping') return
    this.crash = error
    this.env.onFatal(this.name, error)
  }
}

function countBy(records: readonly SinkRecord[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { topic } of records) counts.set(topic, (counts.get(topic) ?? 0) + 1)
  return counts
}
