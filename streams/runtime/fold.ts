import type { EventName, Events } from '../../schemas/events.js'
import type { Topic } from '../topics.js'
import type { Outputs } from './outputs.js'

/** A decoded, valid record of one of a stream's inputs. `input` is the index of its topic in `reads`. */
export interface InputRecord<E = Events[EventName]> {
  readonly input: number
  readonly offset: number
  readonly event: E
}

/** What a fold gets for one partition of its inputs. */
export interface FoldContext {
  readonly partition: number
  /** Partition count of the inputs. */
  readonly partitions: number
  /** Partition count of a topic that it writes. */
  partitionsOf(topic: Topic): number
  readonly out: Outputs
  /** What `save` returned when the state was last committed, per input; null at the very beginning. */
  readonly saved: readonly string[] | null
}

/**
 * The state of one partition and the rule that moves it. It sees no clock and no store: records come in, outputs
 * go to `context.out`. While a rebuild replays records, the runtime mutes the outputs.
 */
export interface FoldPartition<E = Events[EventName]> {
  /** Takes a record; the watermark is -Infinity during a rebuild. */
  take(record: InputRecord<E>, watermark: number): void
  /** A record that could not be processed and was dead-lettered. */
  refuse(input: number, offset: number): void
  /** Event time has moved. */
  advance(watermark: number): void
  /** Ends a rebuild at the watermark that was committed. */
  endReplay(watermark: number): void
  /** Writes what was collected since the last commit. */
  flush(watermark: number): void
  /** The first offset of an input that a rebuild must read, given the next one to read. */
  rebuildOffset(input: number, position: number): number
  /** Text that a rebuild needs beside the records (it travels in the offset metadata). */
  save(input: number): string
  /** The outputs up to these positions are committed. */
  committed(positions: readonly number[]): void
  /** Living entries, for the metrics. */
  readonly size: number
}

/** A stream that turns records into records exactly once: a declaration and a pure rule. */
export interface Fold<E = Events[EventName]> {
  readonly name: string
  readonly reads: readonly Topic[]
  readonly writes: readonly Topic[]
  /** 'event': inputs carry `at`, and the runtime keeps their watermark. 'none': order of arrival is all there is. */
  readonly time: 'event' | 'none'
  /** What its state depends on beside the records; a partition cannot be taken over under another. */
  readonly rules?: string
  /** Commits are this many commit intervals apart, for outputs that nobody waits for; 1 unless said. */
  readonly commitEvery?: number
  start(context: FoldContext): FoldPartition<E>
}
