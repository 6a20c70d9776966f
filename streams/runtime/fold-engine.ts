import { RecordError } from '../../errors/errors.js'
import type { Codec } from '../../schemas/codec.js'
import type { EventName, Events, WatermarkReached } from '../../schemas/events.js'
import { validateEvent } from '../../schemas/validate.js'
import { topics, type Topic } from '../topics.js'
import type { CommitMetadata } from './commit-metadata.js'
import { deadLetterOf, letterKey } from './dead-letter.js'
import type { Fold, FoldPartition } from './fold.js'
import { InputClock, type TimeRules } from './input-clock.js'
import { Outputs, type OutputRecord } from './outputs.js'

/** A record as Kafka gave it. */
export interface RawRecord {
  readonly offset: number
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
}

export interface EngineSettings {
  readonly partition: number
  readonly partitions: number
  partitionsOf(topic: Topic): number
  readonly codec: Codec
  readonly time: TimeRules
  /** How far an event's `at` may be ahead of the record's own timestamp, ms. */
  readonly futureMs: number
  /** Per input, what the last commit remembered; null at the very beginning. */
  readonly committed: readonly CommitMetadata[] | null
}

/** What one transaction writes. */
export interface Commit {
  readonly records: OutputRecord[]
  readonly positions: readonly number[]
  readonly metadata: readonly CommitMetadata[]
  /** When Kafka received the oldest record that this commit is about; undefined for none. */
  readonly receivedAt: number | undefined
}

/** Events that carry `at`. */
type TimedEvent = { at: number }

/**
 * One partition of a fold without Kafka: decodes, dead-letters, keeps the watermark and the positions, collects the
 * outputs. The Kafka task and `drive()` both run it, so that a test sees exactly what production does.
 */
export class FoldEngine {
  readonly clock: InputClock
  readonly out: Outputs
  readonly positions: number[]
  private readonly partition: FoldPartition
  private watermarkCommitted = -Infinity
  private oldestReceivedAt: number | undefined

  constructor(
    private readonly fold: Fold,
    private readonly settings: EngineSettings,
    positions: readonly number[],
    nowMs: number,
  ) {
    const { committed, codec } = settings
    this.positions = [...positions]
    this.clock = new InputClock(fold.reads.length, settings.time, nowMs)
    this.out = new Outputs(fold.reads.length, (name, value) => codec.encode(name, value))
    this.partition = fold.start({
      partition: settings.partition,
      partitions: settings.partitions,
      partitionsOf: (topic) => settings.partitionsOf(topic),
      out: this.out,
      saved: committed && committed.map(({ saved }) => saved),
    })
    if (committed) this.out.muted = true
    committed?.forEach((metadata, input) => this.out.restoreCounts(input, metadata.counts))
  }

  /** Living entries of the state. */
  get size(): number {
    return this.partition.size
  }

  /** Takes live records of one input in offset order; `next` is the position after them. */
  take(input: number, records: readonly RawRecord[], next: number, nowMs: number): void {
    for (const record of records) {
      if (record.offset < this.positions[input]!) continue
      this.oldestReceivedAt ??= record.timestamp
      const event = this.admit(input, record)
      if (event) this.partition.take({ input, offset: record.offset, event }, this.clock.watermark)
    }
    this.positions[input] = Math.max(next, this.positions[input]!)
    this.clock.read(input, nowMs)
    this.evaluate(nowMs)
  }

  /** Lets event time pass; call after each batch and whenever an input may have become idle. */
  evaluate(nowMs: number): void {
    if (this.fold.time === 'event' && this.clock.advance(nowMs)) this.partition.advance(this.clock.watermark)
  }

  /** Takes records that were processed before the last commit, without saying anything again. */
  replay(input: number, records: readonly RawRecord[], until: number): void {
    for (const record of records) {
      if (record.offset >= until) return
      const event = this.admit(input, record)
      if (event) this.partition.take({ input, offset: record.offset, event }, -Infinity)
    }
  }

  /** The replay has reached the committed positions: from here on the engine is live. */
  endReplay(nowMs: number): void {
    const committed = this.settings.committed
    const watermark = committed?.[0]?.watermark ?? -Infinity
    this.partition.endReplay(watermark)
    committed?.forEach((metadata, input) => {
      this.clock.restore(input, metadata)
      this.clock.read(input, nowMs)
    })
    this.clock.watermark = watermark
    this.watermarkCommitted = watermark
    this.out.muted = false
    this.partition.committed(this.positions)
  }

  /** Whether a commit would write anything beside a moved watermark or position. */
  get dirty(): boolean {
    return this.out.dirty
  }

  get watermarkMoved(): boolean {
    return this.clock.watermark > this.watermarkCommitted
  }

  /** Closes the books: everything said so far, with the offsets and metadata that go with it. */
  prepareCommit(): Commit {
    this.partition.flush(this.clock.watermark)
    this.watermarkCommitted = this.clock.watermark
    const positions = [...this.positions]
    const metadata = positions.map((position, input) => ({
      rebuildOffset: this.partition.rebuildOffset(input, position),
      ...this.clock.save(input),
      watermark: this.clock.watermark,
      counts: [...this.out.countsOf(input)],
      saved: this.partition.save(input),
      rules: this.fold.rules ?? '',
    }))
    const receivedAt = this.oldestReceivedAt
    this.oldestReceivedAt = undefined
    return { records: this.out.take(), positions, metadata, receivedAt }
  }

  committed(commit: Commit): void {
    this.partition.committed(commit.positions)
  }

  /** The event of a record that takes part; undefined when it was dead-lettered or only moves the clock. */
  private admit(input: number, record: RawRecord): Events[EventName] | undefined {
    const { codec, futureMs } = this.settings
    const name = this.fold.reads[input]!.event
    try {
      if (codec.eventNameOf(record.value) === 'WatermarkReached' && name !== 'WatermarkReached') {
        const { watermark }: WatermarkReached = codec.decode('WatermarkReached', record.value)
        this.clock.assert(input, watermark)
        return undefined
      }
      const event = codec.decode(name, record.value)
      validateEvent(name, event, { receivedAt: record.timestamp, futureMs })
      if (this.fold.time === 'event') this.clock.saw(input, (event as TimedEvent).at)
      return event
    } catch (error) {
      if (!(error instanceof RecordError)) throw error
      this.refuse(input, record, error)
      return undefined
    }
  }

  private refuse(input: number, record: RawRecord, error: RecordError): void {
    const topic = this.fold.reads[input]!
    const { partition } = this.settings
    const place = { topic: topic.name, partition, offset: record.offset, receivedAt: record.timestamp }
    const letter = deadLetterOf(this.fold.name, place, error, record)
    const target = partition % this.settings.partitionsOf(topics.deadLetters)
    this.out.emit(topics.deadLetters, target, letterKey(letter), letter)
    this.out.judge(input, 'dead')
    this.partition.refuse(input, record.offset)
  }
}
