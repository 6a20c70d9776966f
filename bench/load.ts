import type { Producer } from 'kafkajs'
import { encode } from '../schemas/codec.js'
import { createTopics } from '../stores/kafka/topic-admin.js'
import { topicName, topics } from '../streams/topics.js'
import type { BenchKafka } from './bench-kafka.js'
import { keyOf, type LogEvent } from './events.js'
import { showProgress } from './progress.js'

export const PARTITIONS = 4
const CHUNK = 5_000

const inputs = [topics.impressions, topics.clicks, topics.watches]

/** The names in Kafka of the topics that the joiner reads. */
export const inputNames = (namespace: string): string[] => inputs.map((topic) => topicName(namespace, topic))

export interface LoadOptions {
  readonly namespace: string
  readonly events: Iterable<LogEvent>
  readonly total: number
  /** Whether the input ends with watermark records, so that every window closes. */
  readonly ends: boolean
}

/** Creates the topics of a namespace and fills those that the joiner reads. */
export async function load({ kafka, admin }: BenchKafka, options: LoadOptions): Promise<void> {
  await createTopics(admin, options.namespace, { partitions: PARTITIONS, retentionMs: 7 * 86_400_000 })
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  try {
    const last = await sendEvents(producer, options)
    if (options.ends) await endInputs(producer, options.namespace, last + 86_400_000)
  } finally {
    await producer.disconnect()
  }
}

/** Returns the largest event time. */
async function sendEvents(producer: Producer, { namespace, events, total }: LoadOptions): Promise<number> {
  const progress = showProgress('loading', total)
  let last = 0
  let sent = 0
  for (const chunk of chunksOf(events)) {
    await producer.sendBatch({
      topicMessages: inputs.map((topic) => ({
        topic: topicName(namespace, topic),
        messages: chunk
          .filter((event) => event.topic === topic)
          .map((event) => ({
            key: keyOf(event),
            value: encode(event.topic.event, event.value),
          })),
      })),
    })
    last = chunk.reduce((latest, { value }) => Math.max(latest, value.at), last)
    progress.at((sent += chunk.length))
  }
  progress.done()
  return last
}

function* chunksOf(events: Iterable<LogEvent>): Generator<LogEvent[]> {
  let chunk: LogEvent[] = []
  for (const event of events) {
    chunk.push(event)
    if (chunk.length < CHUNK) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}

async function endInputs(producer: Producer, namespace: string, watermark: number): Promise<void> {
  const value = encode('WatermarkReached', { watermark })
  const messages = Array.from({ length: PARTITIONS }, (_, partition) => ({ partition, value }))
  await producer.sendBatch({ topicMessages: inputNames(namespace).map((topic) => ({ topic, messages })) })
}
