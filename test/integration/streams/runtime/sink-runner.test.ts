import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Admin, Kafka, Producer } from 'kafkajs'
import { pino } from 'pino'
import { connectKafka } from '../../../../stores/kafka/client.js'
import { createTopics } from '../../../../stores/kafka/topic-admin.js'
import { openMetrics } from '../../../../streams/runtime/metrics.js'
import { progressOf } from '../../../../streams/runtime/progress.js'
import { runSink } from '../../../../streams/runtime/sink-runner.js'
import type { Sink } from '../../../../streams/sinks/sink.js'
import { groupName, topicName, topics } from '../../../../streams/topics.js'
import { shown } from '../../../helpers/behavior-events.js'
import { startTestStack, uniqueNamespace } from '../../../helpers/stack.js'
import { streamEnvironment } from '../../../helpers/stream-environment.js'
import { until } from '../../../helpers/until.js'

let kafka: Kafka
let admin: Admin
let producer: Producer

beforeAll(async () => {
  const { brokers } = await startTestStack({ kafka: true })
  kafka = connectKafka({ brokers: [brokers] }, pino({ level: 'silent' }))
  admin = kafka.admin()
  producer = kafka.producer()
  await Promise.all([admin.connect(), producer.connect()])
}, 120_000)

afterAll(() => Promise.all([admin.disconnect(), producer.disconnect()]))

const start = (namespace: string, store: Sink['store']) =>
  runSink(
    { name: 'test-sink', reads: [topics.impressions], store },
    streamEnvironment({ kafka, namespace }),
    openMetrics().ofStream('test-sink'),
    { flushMs: 20, flushRecords: 1_000 },
  )

const stored = () => Promise.resolve({ dead: [] })

describe('a sink in a group that changes', () => {
  it('never takes back the offset of a partition that somebody else has carried on, however late its store answers', async () => {
    const namespace = uniqueNamespace()
    await createTopics(admin, namespace, { partitions: 2, retentionMs: 86_400_000 })
    const { codec } = streamEnvironment({ kafka, namespace })
    const topic = topicName(namespace, topics.impressions)
    const send = (partition: number) =>
      producer.send({ topic, messages: [{ partition, value: codec.encode('ResultsShown', shown()) }] })
    const processed = async () => {
      const progress = await progressOf(admin, groupName(namespace, 'test-sink'), [topic])
      return progress.sort((a, b) => a.partition - b.partition).map(({ processed }) => processed)
    }

    await Promise.all([send(0), send(1)])
    let release = () => {}
    const answered = new Promise<void>((resolve) => (release = resolve))
    const held = new Set<number>()
    const slow = await start(namespace, async (records) => {
      records.forEach(({ partition }) => held.add(partition))
      await answered
      return { dead: [] }
    })
    // Both partitions are in the slow store, in one batch or in the one that waits behind it.
    await until(() => held.size > 0)
    const quick = await start(namespace, stored)
    const moved = await until(async () => {
      const [first, second] = await processed()
      return first === 1 ? ([0] as const) : second === 1 ? ([1] as const) : undefined
    })
    await send(moved[0])
    await until(async () => (await processed())[moved[0]] === 2)

    release()
    await until(async () => (await processed())[1 - moved[0]] === 1)
    expect((await processed())[moved[0]]).toBe(2)
    await Promise.all([slow.stop(), quick.stop()])
  }, 60_000)
})
