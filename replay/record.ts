import { RecordError } from '../errors/errors.js'
import type { Codec } from '../schemas/codec.js'
import type { DeadLettered, EventName, Events } from '../schemas/events.js'
import { topics, type Topic } from '../streams/topics.js'

/** A record ready to be sent. */
export interface OutgoingRecord {
  readonly topic: Topic
  readonly key: string
  readonly value: Buffer
  /** The event's own time; null for records that are no events. */
  readonly at: number | null
}

/** The largest value that is sent to an input: a batch of one record, with its headers, fits Kafka's usual 1 MiB. */
export const MAX_VALUE_BYTES = 1_000_000

/** Every topic that events come in by. */
export const inputs: readonly Topic[] = Object.values(topics).filter(({ kind }) => kind === 'input')

/** Throws RecordError RECORD_INVALID when the event does not fit its schema or one record. */
export function eventRecord<Name extends EventName>(
  codec: Codec,
  topic: Topic<Name>,
  event: Events[Name] & { readonly at: number },
): OutgoingRecord {
  const value = codec.encode(topic.event, event)
  if (value.length > MAX_VALUE_BYTES) {
    const size = `${value.length} bytes, more than ${MAX_VALUE_BYTES}`
    throw new RecordError('RECORD_INVALID', `the ${topic.event} is ${size}; split it or shorten its texts`)
  }
  return { topic, key: String((event as unknown as Record<string, unknown>)[topic.key]), value, at: event.at }
}

/** A dead letter as a record, keyed by where the original was. */
export function deadLetterRecord(codec: Codec, letter: DeadLettered): OutgoingRecord {
  const key = `${letter.topic}-${letter.partition}-${letter.offset}`
  return { topic: topics.deadLetters, key, value: codec.encode('DeadLettered', letter), at: null }
}
