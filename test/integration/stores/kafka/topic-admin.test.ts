import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import type { Admin, Kafka } from 'kafkajs'
import { FatalError } from '../../../../errors/errors.js'
import { checkTopics, createTopics, describeTopics } from '../../../../stores/kafka/topic-admin.js'
import { topicName, topics } from '../../../../streams/topics.js'
import { startTestKafka, type TestKafka } from '../../../helpers/kafka.js'
import { until } from '../../../helpers/until.js'

const settings = { partitions: 3, retentionMs: 3_600_000 }
const namespaceOf = (): string => `t-${randomUUID()}`
const order = <T>(values: Iterable<T>): T[] => [...values].sort()

const refusal = async (run: Promise<unknown>): Promise<string> => {
  try {
    await run
    return 'accepted'
  } catch (error) {
    if (error instanceof FatalError) return `${error.code}: ${error.message}`
    throw error
  }
}

describe('topics of a namespace', () => {
  let broker: TestKafka
  let kafka: Kafka
  let admin: Admin
  beforeAll(async () => {
    broker = await startTestKafka()
    kafka = broker.kafka
    admin = kafka.admin()
    await admin.connect()
  })
  afterAll(async () => {
    await admin.disconnect()
    await broker.stop()
  })

  const createWith = (
    namespace: string,
    topic: { name: string },
    numPartitions: number,
    config: Record<string, string>,
  ) =>
    admin.createTopics({
      waitForLeaders: false,
      topics: [
        {
          topic: `${namespace}.${topic.name}`,
          numPartitions,
          configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
        },
      ],
    })

  it('are created with what their streams need, and can be used at once', async () => {
    const namespace = namespaceOf()
    await createTopics(admin, namespace, settings)
    expect(await checkTopics(admin, namespace)).toEqual({ partitions: 3 })
    const described = await describeTopics(admin, namespace)
    expect(order(described.map(({ name }) => name))).toEqual(
      order(Object.values(topics).map((topic) => topicName(namespace, topic))),
    )
    for (const { topic, partitions, config, records } of described) {
      expect({
        name: topic.name,
        partitions,
        records,
        policy: config['cleanup.policy'],
        time: config['message.timestamp.type'],
        bytes: config['max.message.bytes'],
      }).toEqual({
        name: topic.name,
        partitions: topic.kind === 'compacted' ? 1 : 3,
        records: 0,
        policy: topic.kind === 'compacted' ? 'compact' : 'delete',
        time: topic.kind === 'input' ? 'LogAppendTime' : 'CreateTime',
        bytes: topic.kind === 'input' ? '1048588' : '8388608',
      })
      if (topic.kind !== 'compacted') expect(config['retention.ms']).toBe('3600000')
    }
    const producer = kafka.producer()
    await producer.connect()
    await producer.send({ topic: `${namespace}.search.clicks`, messages: [{ value: 'x', partition: 2 }] })
    await producer.disconnect()
    const clicks = (await describeTopics(admin, namespace)).find(({ topic }) => topic === topics.clicks)
    expect(clicks?.records).toBe(1)
  })

  it('keep their partition count, and what is missing is added', async () => {
    const namespace = namespaceOf()
    await createTopics(admin, namespace, settings)
    const uploads = topicName(namespace, topics.uploads)
    await admin.deleteTopics({ topics: [uploads] })
    // Kafka answers before it has deleted.
    await until(async () => !(await admin.listTopics()).includes(uploads))
    await createTopics(admin, namespace, { ...settings, partitions: 3 })
    await createTopics(admin, namespace, { ...settings, partitions: 7 })
    expect(await checkTopics(admin, namespace)).toEqual({ partitions: 3 })
  })

  it('can be created by several processes at the same time', async () => {
    const namespace = namespaceOf()
    await Promise.all(Array.from({ length: 4 }, () => createTopics(admin, namespace, settings)))
    expect(await checkTopics(admin, namespace)).toEqual({ partitions: 3 })
  })

  it('are refused when they are missing', async () => {
    const namespace = namespaceOf()
    expect(await refusal(checkTopics(admin, namespace))).toContain(
      `TOPIC_MISMATCH: the topics of namespace ${namespace}`,
    )
    expect((await describeTopics(admin, namespace)).every(({ partitions }) => partitions === 0)).toBe(true)
  })

  it('are refused with the reasons when they do not fit', async () => {
    const namespace = namespaceOf()
    await createWith(namespace, topics.clicks, 2, { 'message.timestamp.type': 'LogAppendTime' })
    await createWith(namespace, topics.watches, 3, { 'message.timestamp.type': 'CreateTime' })
    await createWith(namespace, topics.calibrations, 1, { 'cleanup.policy': 'delete' })
    await createWith(namespace, topics.outcomes, 3, { 'cleanup.policy': 'compact', 'max.message.bytes': '1000' })
    await createTopics(admin, namespace, settings)
    const message = await refusal(checkTopics(admin, namespace))
    expect(message).toContain(`equal partition counts: ${namespace}.search.impressions 3, ${namespace}.search.clicks 2`)
    expect(message).toContain(`${namespace}.video.watches: message.timestamp.type is CreateTime, not LogAppendTime`)
    expect(message).toContain(`${namespace}.label.calibrations: cleanup.policy is delete, not compact`)
    expect(message).toContain(`${namespace}.search.outcomes: cleanup.policy is compact, not delete`)
    expect(message).toContain(`${namespace}.search.outcomes: max.message.bytes is 1000, less than`)
  })

  it('are refused with what Kafka says when it would not create them', async () => {
    const message = await refusal(createTopics(admin, namespaceOf(), { ...settings, partitions: 0 }))
    expect(message).toContain('TOPIC_MISMATCH: Kafka would not create topics')
    expect(message).toContain('INVALID_PARTITIONS')
  })
})
