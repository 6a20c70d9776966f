import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { pino } from 'pino'
import { connectKafka } from '../../stores/kafka/client.js'
import { createTopics } from '../../stores/kafka/topic-admin.js'
import type { Endpoints } from '../../stores/local-stack.js'
import { groupName, topicName, topics } from '../../streams/topics.js'
import { startTestKafka } from '../helpers/kafka.js'
import { startKinora } from '../helpers/kinora.js'
import { startTestStack, uniqueNamespace } from '../helpers/stack.js'
import { until } from '../helpers/until.js'

let stack: Required<Endpoints>
let folder: string

beforeAll(async () => {
  stack = await startTestStack({ kafka: true, redis: true, clickhouse: true })
  folder = await mkdtemp(join(tmpdir(), 'kinora-processes-'))
}, 120_000)

afterAll(() => rm(folder, { recursive: true, force: true }))

const run = (namespace: string, processors: readonly string[], brokers = stack.brokers) =>
  startKinora(['--namespace', namespace, 'run', ...processors], folder, {
    KAFKA_BROKERS: brokers,
    REDIS_URL: stack.redisUrl,
    CLICKHOUSE_URL: stack.clickhouseUrl,
    KINORA_SESSION_TIMEOUT_MS: '2000',
  })

const ready = ({ printed }: ReturnType<typeof run>) =>
  until(() => printed.err.includes('"msg":"ready"'), { withinMs: 60_000 })

describe('a process of processors', () => {
  it('stops in order and exits with 0 when asked to', async () => {
    const process = run(uniqueNamespace(), ['join-outcomes', 'label-samples', 'serve-engagement'])
    await ready(process)
    process.child.kill('SIGTERM')
    const { code, err } = await process.ended
    expect(err).toContain('"msg":"stopped"')
    expect(code).toBe(0)
  }, 120_000)

  it('also when asked while it is still starting', async () => {
    const process = run(uniqueNamespace(), ['join-outcomes'])
    await until(() => process.printed.err.includes('"msg":"stores connected"'), { withinMs: 60_000 })
    process.child.kill('SIGTERM')
    expect((await process.ended).code).toBe(0)
  }, 120_000)

  it('exits with 1 and says why when one of its streams cannot go on', async () => {
    const namespace = uniqueNamespace()
    const kafka = connectKafka({ brokers: [stack.brokers] }, pino({ level: 'silent' }))
    const admin = kafka.admin()
    await admin.connect()
    await createTopics(admin, namespace, { partitions: 1, retentionMs: 86_400_000 })
    // An offset that somebody else committed: going on from it would lose what open windows held.
    const topic = topicName(namespace, topics.impressions)
    await admin.setOffsets({ groupId: groupName(namespace, 'join-outcomes'), topic, partitions: [{ partition: 0, offset: '0' }] }) // prettier-ignore
    await admin.disconnect()
    const { code, err } = await run(namespace, ['store-unused', 'join-outcomes']).ended
    expect(err).toContain('STATE_LOST')
    expect(code).toBe(1)
  }, 120_000)

  it('ends in time even when the broker is gone for good', async () => {
    const own = await startTestKafka()
    const process = run(uniqueNamespace(), ['join-outcomes', 'store-events', 'label-samples'], own.broker.brokers)
    await ready(process)
    await own.stop()
    const askedAt = Date.now()
    process.child.kill('SIGTERM')
    await process.ended
    expect(Date.now() - askedAt).toBeLessThan(30_000)
  }, 120_000)
})
