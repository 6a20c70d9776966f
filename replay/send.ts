import type { Kafka, Message, Producer } from 'kafkajs'
import { FatalError, KinoraError, TransientError, messageOf } from '../errors/errors.js'
import type { Codec } from '../schemas/codec.js'
import { loadKafkajs } from '../stores/kafka/kafkajs-corrections.js'
import { topicName, topics } from '../streams/topics.js'
import type { OutgoingRecord } from './record.js'

/** How far a replay has come. */
export interface Sent {
  readonly records: number
  /** By topic, without the namespace. */
  readonly byTopic: Readonly<Record<string, number>>
  /** The largest `at` so far; null before the first event. */
  readonly latestAt: number | null
}

export interface SendOptions {
  readonly producer: Producer
  readonly namespace: string
  /** Called after every acknowledged batch. */
  readonly onProgress?: (sent: Sent) => void
  /** Stops between two batches; what is acknowledged stays sent. */
  readonly signal?: AbortSignal
}

/** One request to Kafka carries at most this much, so that what goes to one partition fits the limit of an input. */
const BATCH_BYTES = 500_000
const BATCH_RECORDS = 1_000

/** A connected producer that writes each record once and, per partition, in order; keys are hashed as Java does it. */
export async function openReplayProducer(kafka: Kafka): Promise<Producer> {
  const { Partitioners } = loadKafkajs()
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  })
  await producer.connect().catch((error: unknown) => {
    throw explained(error)
  })
  return producer
}

/**
 * Sends records in their order, as fast as Kafka acknowledges them: the next batch is read while one is under way, and
 * no more than that is held.
 * Throws TransientError KAFKA_UNAVAILABLE, FatalError TOPIC_MISMATCH, and whatever reading the records throws; all
 * records before the one that could not be read have been sent then.
 */
export async function sendRecords(records: AsyncIterable<OutgoingRecord>, options: SendOptions): Promise<Sent> {
  const sender = new Sender(options)
  try {
    for await (const record of records) {
      if (sender.isFull(record)) await sender.flush()
      if (options.signal?.aborted) break
      sender.add(record)
    }
  } catch (error) {
    await sender.finish()
    throw error
  }
  return sender.finish()
}

class Sender {
  private batch: OutgoingRecord[] = []
  private bytes = 0
  private underWay: Promise<void> = Promise.resolve()
  private sent: Sent = { records: 0, byTopic: {}, latestAt: null }

  constructor(private readonly options: SendOptions) {}

  isFull(next: OutgoingRecord): boolean {
    return this.batch.length >= BATCH_RECORDS || (this.bytes > 0 && this.bytes + sizeOf(next) > BATCH_BYTES)
  }

  add(record: OutgoingRecord): void {
    this.batch.push(record)
    this.bytes += sizeOf(record)
  }

  /** Resolves when the batch before is acknowledged and this one is on its way. */
  async flush(): Promise<void> {
    const { batch } = this
    this.batch = []
    this.bytes = 0
    await this.underWay
    this.underWay = this.send(batch)
    this.underWay.catch(() => undefined) // whoever awaits it next gets the error
  }

  async finish(): Promise<Sent> {
    if (this.batch.length > 0) await this.flush()
    await this.underWay
    return this.sent
  }

  private async send(batch: readonly OutgoingRecord[]): Promise<void> {
    const { producer, namespace, onProgress } = this.options
    const byTopic = new Map<string, Message[]>()
    for (const { topic, key, value } of batch) {
      const name = topicName(namespace, topic)
      const messages = byTopic.get(name)
      if (messages) messages.push({ key, value })
      else byTopic.set(name, [{ key, value }])
    }
    const topicMessages = [...byTopic].map(([topic, messages]) => ({ topic, messages }))
    await producer.sendBatch({ acks: -1, topicMessages }).catch((error: unknown) => {
      throw explained(error)
    })
    this.sent = plus(this.sent, batch)
    onProgress?.(this.sent)
  }
}

const sizeOf = ({ key, value }: OutgoingRecord): number => value.length + key.length + 40

function plus(sent: Sent, batch: readonly OutgoingRecord[]): Sent {
  const byTopic = { ...sent.byTopic }
  let latestAt = sent.latestAt ?? -Infinity
  for (const { topic, at } of batch) {
    byTopic[topic.name] = (byTopic[topic.name] ?? 0) + 1
    if (at !== null && at > latestAt) latestAt = at
  }
  return { records: sent.records + batch.length, byTopic, latestAt: latestAt === -Infinity ? null : latestAt }
}

/** The topics whose events have windows: what a watermark is about. */
export const behaviorInputs = [topics.impressions, topics.clicks, topics.watches] as const

/**
 * Tells every partition of the behavior inputs that no event before `watermark` follows: the end of a replay. Windows
 * that end at or before it close.
 */
export async function endInput(options: {
  readonly producer: Producer
  readonly codec: Codec
  readonly namespace: string
  readonly partitions: number
  readonly watermark: number
}): Promise<void> {
  const { producer, codec, namespace, partitions, watermark } = options
  const value = Buffer.from(codec.encode('WatermarkReached', { watermark }))
  const messages = Array.from({ length: partitions }, (_, partition) => ({ partition, key: null, value }))
  const topicMessages = behaviorInputs.map((topic) => ({ topic: topicName(namespace, topic), messages }))
  await producer.sendBatch({ acks: -1, topicMessages }).catch((error: unknown) => {
    throw explained(error)
  })
}

/** kafkajs' errors as ours; what is no error of Kafka stays as it is. */
function explained(error: unknown): unknown {
  if (error instanceof KinoraError || !isKafkajs(error)) return error
  const type = typeOf(error)
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION') {
    return new FatalError('TOPIC_MISMATCH', 'the topics of this namespace do not exist', { cause: error })
  }
  if (type === 'MESSAGE_TOO_LARGE') {
    return new FatalError('TOPIC_MISMATCH', 'an input topic takes less than 1 MiB', { cause: error })
  }
  return new TransientError('KAFKA_UNAVAILABLE', messageOf(error), { cause: error })
}

interface KafkajsError {
  readonly name: string
  readonly message: string
  /** Kafka's own name of an error that it answered. */
  readonly type?: string
  /** What the last of several tries threw. */
  readonly cause?: unknown
}

const isKafkajs = (error: unknown): error is KafkajsError =>
  typeof error === 'object' && error !== null && 'name' in error && String(error.name).startsWith('KafkaJS')

const typeOf = ({ type, cause }: KafkajsError): string | undefined =>
  type ?? (isKafkajs(cause) ? typeOf(cause) : undefined)
