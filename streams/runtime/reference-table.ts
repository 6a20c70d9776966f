import { randomUUID } from 'node:crypto'
import type { Consumer, KafkaMessage } from 'kafkajs'
import type { EventName, Events } from '../../schemas/events.js'
import { RecordError } from '../../errors/errors.js'
import { topicName, type Topic } from '../topics.js'
import type { StreamEnvironment } from './fold-runner.js'

/** The newest value of every key of a compacted topic, kept current. */
export interface ReferenceTable<E> extends Iterable<E> {
  close(): Promise<void>
}

/**
 * Reads a whole compacted topic, then follows it. Resolves when everything that was there at the start is read, so
 * that whoever uses the table never decides on half of it. `accept` throws a RecordError on a value not to be used.
 */
export async function openReferenceTable<Name extends EventName>(
  topic: Topic<Name>,
  accept: (value: Events[Name]) => void,
  { kafka, codec, settings, logger, onFatal }: StreamEnvironment,
): Promise<ReferenceTable<Events[Name]>> {
  const name = topicName(settings.namespace, topic)
  const values = new Map<string, Events[Name]>()
  const unread = await endsOf(kafka.admin(), name)
  // Every process reads all of it: a group of its own, which commits nothing and so leaves nothing behind.
  const { sessionTimeoutMs } = settings
  const consumer = kafka.consumer({
    groupId: `${name}.reader.${randomUUID()}`,
    maxWaitTimeInMs: 250,
    // A reader that comes back after the broker was away waits for its former self to time out, and so does its end.
    sessionTimeout: sessionTimeoutMs,
    heartbeatInterval: Math.max(100, Math.floor(sessionTimeoutMs / 5)),
    rebalanceTimeout: sessionTimeoutMs,
  })
  await consumer.connect()
  await consumer.subscribe({ topics: [name], fromBeginning: true })
  const read = ({ key, value, offset }: KafkaMessage): void => {
    const id = key?.toString() ?? ''
    if (value === null) return void values.delete(id)
    try {
      const event = codec.decode(topic.event, value)
      accept(event)
      values.set(id, event)
    } catch (error) {
      if (!(error instanceof RecordError)) throw error
      logger.error({ topic: name, offset, code: error.code, reason: error.message }, 'value ignored')
    }
  }
  await new Promise<void>((resolve, reject) => {
    const settle = (partition: number, next: number) => {
      if (next >= (unread.get(partition) ?? 0)) unread.delete(partition)
      if (unread.size === 0) resolve()
    }
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) =>
      settle(payload.partition, Number(payload.lastOffset) + 1),
    )
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (payload.restart) return
      reject(payload.error)
      onFatal(name, payload.error)
    })
    if (unread.size === 0) resolve()
    consumer
      .run({
        autoCommit: false,
        eachMessage: async ({ message }) => {
          await codec.prepare([message.value])
          read(message)
        },
      })
      .catch(reject)
  })
  return { [Symbol.iterator]: () => values.values(), close: () => leave(consumer) }
}

async function endsOf(
  admin: ReturnType<StreamEnvironment['kafka']['admin']>,
  topic: string,
): Promise<Map<number, number>> {
  await admin.connect()
  try {
    const offsets = await admin.fetchTopicOffsets(topic)
    return new Map(
      offsets
        .filter(({ high, low }) => Number(high) > Number(low))
        .map(({ partition, high }) => [partition, Number(high)]),
    )
  } finally {
    await admin.disconnect()
  }
}

const leave = (consumer: Consumer): Promise<void> => consumer.disconnect()
