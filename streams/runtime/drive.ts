import { createCodec } from '../../schemas/codec.js'
import type { EventName, Events } from '../../schemas/events.js'
import { ourSchemas } from '../../schemas/versions.js'
import type { Topic } from '../topics.js'
import { decodeMetadata, encodeMetadata } from './commit-metadata.js'
import { FoldEngine, type RawRecord } from './fold-engine.js'
import type { Fold } from './fold.js'
import { verdicts, type Verdict } from './verdict.js'
import type { TimeRules } from './input-clock.js'

export interface DriveOptions {
  readonly time?: Partial<TimeRules>
  readonly partition?: number
  readonly partitions?: number
  readonly nowMs?: number
}

const codec = createCodec(ourSchemas())

/**
 * Runs one partition of a fold without Kafka: real codecs both ways, a log per input, a wall clock that the test
 * sets. `crash()` loses the memory and rebuilds it from the log and the last commit, as the Kafka runtime does.
 */
export class Driver<E> {
  nowMs: number
  private readonly logs: RawRecord[][]
  private engine: FoldEngine
  private metadata: string[] | null = null
  private committedPositions: number[]
  private written: { topic: Topic; partition: number; value: Buffer }[] = []

  constructor(
    private readonly fold: Fold<E>,
    private readonly options: DriveOptions = {},
  ) {
    this.nowMs = options.nowMs ?? Number.MAX_SAFE_INTEGER
    this.logs = fold.reads.map(() => [])
    this.committedPositions = fold.reads.map(() => 0)
    this.engine = this.startEngine()
  }

  /** Appends records to the log of their topic and takes them as one batch. */
  send<Name extends EventName>(topic: Topic<Name>, ...events: (Events[Name] | Events['WatermarkReached'])[]): this {
    const values = events.map((event) =>
      'watermark' in event && !('deltas' in event)
        ? codec.encode('WatermarkReached', event)
        : codec.encode(topic.event, event as Events[Name]),
    )
    return this.sendBytes(topic, ...values)
  }

  sendBytes(topic: Topic, ...values: (Buffer | null)[]): this {
    const input = this.fold.reads.findIndex(({ name }) => name === topic.name)
    const log = this.logs[input]!
    const records = values.map((value, i) => ({ offset: log.length + i, timestamp: this.nowMs, key: null, value }))
    log.push(...records)
    this.engine.take(input, records, log.length, this.nowMs)
    return this
  }

  /** Says that nothing unread is left and time has passed: what an end-offset lookup tells the runtime. */
  idle(nowMs: number): this {
    this.nowMs = nowMs
    this.fold.reads.forEach((_, input) => this.engine.clock.caughtUp(input, nowMs))
    this.engine.evaluate(nowMs)
    return this
  }

  commit(): this {
    const commit = this.engine.prepareCommit()
    this.written.push(...commit.records)
    this.metadata = commit.metadata.map(encodeMetadata)
    this.committedPositions = [...commit.positions]
    this.engine.committed(commit)
    return this
  }

  /** The process dies: what was not committed is lost, and another takes over and reads on. */
  crash(): this {
    this.engine = this.startEngine()
    this.logs.forEach((log, input) => {
      const rest = log.slice(this.committedPositions[input])
      if (rest.length > 0) this.engine.take(input, rest, log.length, this.nowMs)
    })
    return this
  }

  /** Commits, and tells what was written to a topic so far. */
  emitted<Name extends EventName>(topic: Topic<Name>): Events[Name][] {
    this.commit()
    return this.written
      .filter((record) => record.topic.name === topic.name)
      .map(({ value }) => codec.decode(topic.event, value))
  }

  /** What became of the records of a topic so far. */
  account(topic: Topic): Record<Verdict, number> {
    const counts = this.engine.out.countsOf(this.fold.reads.findIndex(({ name }) => name === topic.name))
    return Object.fromEntries(verdicts.map((verdict, i) => [verdict, counts[i]!])) as Record<Verdict, number>
  }

  get watermark(): number {
    return this.engine.clock.watermark
  }

  get stateSize(): number {
    return this.engine.size
  }

  /** The first offset per input that a rebuild would read. */
  rebuildOffsets(): number[] {
    return this.metadata?.map((text) => decodeMetadata(text)!.rebuildOffset) ?? this.logs.map(() => 0)
  }

  private startEngine(): FoldEngine {
    const { partition = 0, partitions = 1, time } = this.options
    const committed = this.metadata?.map((text) => decodeMetadata(text)!) ?? null
    const engine = new FoldEngine(
      this.fold as Fold,
      {
        partition,
        partitions,
        partitionsOf: () => partitions,
        codec,
        time: { outOfOrdernessMs: 0, idleMs: 30_000, aheadMs: 300_000, clock: 'live', ...time },
        futureMs: 600_000,
        committed,
      },
      this.committedPositions,
      this.nowMs,
    )
    committed?.forEach(({ rebuildOffset }, input) => {
      const until = this.committedPositions[input]!
      engine.replay(input, this.logs[input]!.slice(rebuildOffset, until), until)
    })
    engine.endReplay(this.nowMs)
    return engine
  }
}

export const drive = <E>(fold: Fold<E>, options?: DriveOptions): Driver<E> => new Driver(fold, options)
