import type { DeadLettered } from '../../schemas/events.js'

/** Where a record was, and when Kafka received it (epoch ms). */
export interface RecordPlace {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly receivedAt: number
}

/** A record as it came. */
export interface Original {
  readonly key: Buffer | null
  readonly value: Buffer | null
}

/**
 * The topic of dead letters takes 8 MiB. A record of an input topic that is larger was compressed by its producer
 * (brokers limit what they store, not what it unpacks to); such a letter keeps the beginning.
 */
const KEPT_BYTES = 7 * 1024 * 1024

/** A record that could not be processed, as a letter to whoever mends the cause. */
export function deadLetterOf(
  stream: string,
  { topic, partition, offset, receivedAt }: RecordPlace,
  { code, message }: { code: string; message: string },
  { key, value }: Original,
): DeadLettered {
  const size = (key?.length ?? 0) + (value?.length ?? 0)
  const reason =
    size > KEPT_BYTES ? `${message} (the first bytes of ${size}; the record itself is in its topic)` : message
  const keptKey = key?.subarray(0, KEPT_BYTES / 2) ?? null
  const room = KEPT_BYTES - (keptKey?.length ?? 0)
  return {
    ...{ stream, code, reason, topic, partition, offset, received_at: receivedAt },
    key: keptKey,
    value: value?.subarray(0, room) ?? null,
  }
}

/** The key of a dead letter: letters about one record are neighbours. */
export const letterKey = ({ topic, partition, offset }: DeadLettered): string => `${topic}-${partition}-${offset}`
