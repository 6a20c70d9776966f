import { randomUUID } from 'node:crypto'
import type { IHeaders, Kafka } from 'kafkajs'

export interface TopicRecord {
  topic: string
  partition: number
  offset: number
  key: Buffer | null
  value: Buffer | null
  headers: IHeaders
}

/**
 * Everything that is committed in some topics now, in offset order per partition, as any `read_committed` reader sees
 * it. Ends when it has passed the end that each partition had when it began.
 */
export const readTopics = async (
  kafka: Kafka,
  topics: readonly string[],
  take: (record: TopicRecord) => void,
): Promise<void> => {
  const open = await endsOf(kafka, topics)
  if (open.size === 0) return
  const consumer = kafka.consumer({
    groupId: `chaos-reader-${randomUUID()}`,
    readUncommitted: false,
    maxWaitTimeInMs: 100,
    maxBytes: 64 * 1024 * 1024,
  })
  const done = new Promise<void>((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
    // A batch of nothing but control records never reaches eachBatch; this event tells of all.
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { topic, partition, lastOffset } }) => {
      const place = `${topic} ${partition}`
      if (Number(lastOffset) + 1 >= (open.get(place) ?? Infinity)) open.delete(place)
      if (open.size === 0) resolve()
    })
  })
  try {
    await consumer.connect()
    await consumer.subscribe({ topics: [...topics], fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatch: ({ batch: { topic, partition, messages } }) => {
        for (const { offset, key, value, headers } of messages) {
          take({ topic, partition, offset: Number(offset), key, value, headers: headers ?? {} })
        }
        return Promise.resolve()
      },
    })
    await done
  } finally {
    await consumer.disconnect()
  }
}

const endsOf = async (kafka: Kafka, topics: readonly string[]): Promise<Map<string, number>> => {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const ends = new Map<string, number>()
    for (const topic of topics) {
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
        if (Number(high) > Number(low)) ends.set(`${topic} ${partition}`, Number(high))
      }
    }
    return ends
  } finally {
    await admin.disconnect()
  }
}
