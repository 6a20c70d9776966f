import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Admin, Kafka } from 'kafkajs'
import { pino } from 'pino'
import { connectKafka } from '../../../../stores/kafka/client.js'
import { loadKafkajs } from '../../../../stores/kafka/kafkajs-corrections.js'
import { retryRetriable } from '../../../../stores/kafka/retry-retriable.js'
import { createTopics } from '../../../../stores/kafka/topic-admin.js'
import { noFailpoints } from '../../../../streams/runtime/failpoints.js'
import { reachOf } from '../../../../streams/runtime/reach.js'
import { Transactor } from '../../../../streams/runtime/transactor.js'
import { topicName, topics, type Topic } from '../../../../streams/topics.js'
import { readTopics } from '../../../chaos/read-topics.js'
import { startTestStack, uniqueNamespace } from '../../../helpers/stack.js'

const namespace = uniqueNamespace()
const nameOf = (topic: Topic): string => topicName(namespace, topic)
const groupId = `${namespace}.some-fold`
const fold = { reads: [topics.outcomes], writes: [topics.samples] }
const reach = reachOf(fold, { groupId, partition: 0, partitionsOf: () => 1 })
let kafka: Kafka
let admin: Admin

beforeAll(async () => {
  const { brokers } = await startTestStack({ kafka: true })
  kafka = connectKafka({ brokers: [brokers] }, pino({ level: 'silent' }))
  admin = kafka.admin()
  await admin.connect()
  await createTopics(admin, namespace, { partitions: 1, retentionMs: 86_400_000 })
  await retryRetriable(committed) // until the group has its coordinator
  await verifyPartitions(false)
}, 120_000)

afterAll(async () => {
  await verifyPartitions(true)
  await admin.disconnect()
})

/** Without its check, the broker takes records and offsets of a transaction that its coordinator knows nothing of. */
const verifyPartitions = (on: boolean) =>
  admin.alterConfigs({
    validateOnly: false,
    resources: [
      {
        type: loadKafkajs().ConfigResourceTypes.BROKER,
        name: '1',
        configEntries: [{ name: 'transaction.partition.verification.enable', value: String(on) }],
      },
    ],
  })

const sample = (text: string) => [{ topic: topics.samples, partition: 0, key: 'k', value: Buffer.from(text) }]
const offset = (offset: number) => [{ topic: nameOf(topics.outcomes), partition: 0, offset, metadata: `at ${offset}` }]
const open = () => Transactor.open(kafka, `${groupId}-0`, { reach, nameOf, failpoint: noFailpoints })
const committed = async () => {
  const [inputs] = await admin.fetchOffsets({ groupId, topics: [nameOf(topics.outcomes)] })
  return inputs!.partitions[0]!
}

const seen = async (): Promise<string[]> => {
  const values: string[] = []
  await readTopics(kafka, [nameOf(topics.samples)], ({ value }) => values.push(String(value)))
  return values
}

/**
 * What a broker leaves behind that ended a transaction while its partitions had no leader: records and offsets without
 * a marker, and a coordinator that knows of nothing to end.
 */
async function leaveUnmarked(): Promise<void> {
  const require = createRequire(import.meta.url)
  const { prototype } = require('kafkajs/src/broker') as { prototype: Record<string, unknown> }
  const told = { addPartitionsToTxn: prototype.addPartitionsToTxn, addOffsetsToTxn: prototype.addOffsetsToTxn }
  const owner = kafka.producer({ transactionalId: `${groupId}-0`, idempotent: true, maxInFlightRequests: 1 })
  await owner.connect()
  const transaction = await owner.transaction()
  Object.assign(prototype, { addPartitionsToTxn: async () => {}, addOffsetsToTxn: async () => {} })
  try {
    const messages = sample('second').map(({ partition, key, value }) => ({ partition, key, value }))
    await transaction.send({ topic: nameOf(topics.samples), messages })
    const partitions = [{ partition: 0, offset: '7', metadata: 'at 7' }]
    await transaction.sendOffsets({
      consumerGroupId: groupId,
      topics: [{ topic: nameOf(topics.outcomes), partitions }],
    })
  } finally {
    Object.assign(prototype, told)
  }
  await owner.disconnect()
}

describe('a transaction that was committed, and whose end a broker forgot to mark', () => {
  it('is published by whoever takes the partition over, with its offsets, and not done again', async () => {
    const owner = await open()
    await owner.commit(sample('first'), offset(3))
    await owner.close()
    await leaveUnmarked()
    expect([await committed(), await seen()]).toMatchObject([{ offset: '3' }, ['first']])
    const heir = await open()
    expect(await committed()).toMatchObject({ offset: '7', metadata: 'at 7' })
    expect(await seen()).toEqual(['first', 'second'])
    await heir.commit(sample('third'), offset(9))
    await heir.close()
    expect(await seen()).toEqual(['first', 'second', 'third'])
    expect(await committed()).toMatchObject({ offset: '9' })
  })
})
