import type { Producer } from 'kafkajs'
import { encode } from '../../schemas/codec.js'
import type { LogRecord } from './log.js'

/** Header that carries the record's id, so that whoever reads the topics knows which record is at which offset. */
export const ID_HEADER = 'chaos-id'

const CHUNK = 200

export interface SendOptions {
  producer: Producer
  /** Puts the namespace before the topic's name. */
  topicOf: (topic: string) => string
  /** Called before each chunk with the id of its first record; the chunk waits for it. */
  before: (id: number) => Promise<void>
}

/** Sends records in their order: those of one topic and key arrive in it, topics interleave as they please. */
export const sendLog = async (records: readonly LogRecord[], options: SendOptions): Promise<void> => {
  for (let start = 0; start < records.length; start += CHUNK) {
    const chunk = records.slice(start, start + CHUNK)
    await options.before(chunk[0]!.id)
    const topics = [...new Set(chunk.map(({ topic }) => topic))]
    const topicMessages = topics.map((topic) => ({
      topic: options.topicOf(topic),
      messages: chunk.filter((record) => record.topic === topic).map(toMessage),
    }))
    await options.producer.sendBatch({ topicMessages, acks: -1 })
  }
}

const toMessage = (record: LogRecord) => ({
  key: Buffer.from(record.key),
  value: bytesOf(record),
  headers: { [ID_HEADER]: String(record.id) },
})

/** The bytes that a record travels as. */
export const bytesOf = ({ content, damage }: LogRecord): Buffer | null => {
  if (content.event === 'bytes') return content.value
  const encoded = Buffer.from(encode(content.event, content.value))
  if (damage === 'truncated') return encoded.subarray(0, -1)
  // Bytes 2 to 9 are the fingerprint of the writer's schema.
  if (damage === 'unknown-schema') encoded.fill(0, 2, 10)
  return encoded
}
