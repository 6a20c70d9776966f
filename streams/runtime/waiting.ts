import type { DeadLettered } from '../../schemas/events.js'
import type { SinkRecord } from '../sinks/sink.js'
import type { Original } from './dead-letter.js'

/** Records that wait to be stored together, and the offsets that may be committed once they are. */
export class Waiting {
  readonly records: SinkRecord[] = []
  /** The bytes of each record, for the letter about one that the store refuses. */
  readonly originals = new Map<SinkRecord, Original>()
  readonly letters: DeadLettered[] = []
  readonly positions = new Map<string, { topic: string; partition: number; offset: string }>()
  readonly sinceMs = Date.now()

  /** @param generation of the group in which the records were read */
  constructor(readonly generation: number) {}

  add(record: SinkRecord, original: Original): void {
    this.records.push(record)
    this.originals.set(record, original)
  }
}
