import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Kafka } from 'kafkajs'
import { pino } from 'pino'
import { loadKafkajs } from '../../../../stores/kafka/kafkajs-corrections.js'
import { startKafka, type LocalBroker } from '../../../../stores/kafka/local-broker.js'
import { createTopics } from '../../../../stores/kafka/topic-admin.js'
import { openReferenceTable } from '../../../../streams/runtime/reference-table.js'
import { topicName, topics } from '../../../../streams/topics.js'
import { cacheDir } from '../../../helpers/cache-dir.js'
import { streamEnvironment } from '../../../helpers/stream-environment.js'
import { until } from '../../../helpers/until.js'

const namespace = 'test-table'
const logger = pino({ level: 'silent' })
let dataDir: string
let broker: LocalBroker
let kafka: Kafka

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'kinora-table-'))
  broker = await startKafka({ dataDir, cacheDir, logger })
  const { Kafka, logLevel } = loadKafkajs()
  // Little patience, so that the reader gives up and begins again while the broker is away.
  const retry = { initialRetryTime: 20, maxRetryTime: 100, retries: 3 }
  kafka = new Kafka({ brokers: [broker.brokers], logLevel: logLevel.NOTHING, retry })
  const admin = kafka.admin()
  await admin.connect()
  await createTopics(admin, namespace, { partitions: 1, retentionMs: 86_400_000 })
  await admin.disconnect()
}, 120_000)

afterAll(async () => {
  await broker.stop()
  await rm(dataDir, { recursive: true, force: true })
}, 60_000)

const environment = () => streamEnvironment({ kafka, namespace, settings: { sessionTimeoutMs: 2_000 } })

const publish = async (version: string): Promise<void> => {
  const producer = kafka.producer({ retry: { retries: 30 } })
  await producer.connect()
  const range = { effective_from: 1, computed_from: 0, computed_to: 1, outcomes: 0 }
  const calibration = { version, ...range, bucket_edges_s: [], grids: [], grid_all: [] }
  const value = environment().codec.encode('CalibrationPublished', calibration)
  await producer.send({ topic: topicName(namespace, topics.calibrations), messages: [{ key: version, value }] })
  await producer.disconnect()
}

describe('a reference table', () => {
  it('is whole when it opens, follows its topic through an absence of the broker, and closes at once', async () => {
    await publish('before')
    const table = await openReferenceTable(topics.calibrations, () => undefined, environment())
    const versions = () => [...table].map(({ version }) => version)
    expect(versions()).toEqual(['before'])

    const port = Number(broker.brokers.split(':')[1])
    await broker.stop()
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    broker = await startKafka({ dataDir, cacheDir, logger, port })
    await publish('after')
    await until(() => versions().includes('after'), { withinMs: 15_000 })
    expect(versions()).toEqual(['before', 'after'])

    const closingAt = Date.now()
    await table.close()
    expect(Date.now() - closingAt).toBeLessThan(5_000)
  }, 90_000)
})
