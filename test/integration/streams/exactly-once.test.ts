import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { pino } from 'pino'
import { loadConfig } from '../../../config/config.js'
import { createCodec } from '../../../schemas/codec.js'
import { ourSchemas } from '../../../schemas/versions.js'
import { loadViewThresholds } from '../../../schemas/policies/view-thresholds.js'
import { connectKafka } from '../../../stores/kafka/client.js'
import { startKafka, type LocalBroker } from '../../../stores/kafka/local-broker.js'
import { createTopics } from '../../../stores/kafka/topic-admin.js'
import { joinOutcomes } from '../../../streams/behavior/join-outcomes.js'
import { runFold } from '../../../streams/runtime/fold-runner.js'
import type { Fold } from '../../../streams/runtime/fold.js'
import { noFailpoints } from '../../../streams/runtime/failpoints.js'
import { openMetrics } from '../../../streams/runtime/metrics.js'
import { click, shown, watch } from '../../helpers/behavior-events.js'

const logger = pino({ level: process.env.TEST_LOG ?? 'silent' })
let broker: LocalBroker
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinora-test-'))
  broker = await startKafka({ dataDir: folder, cacheDir: loadConfig(process.env).cacheDir, logger })
}, 120_000)

afterAll(async () => {
  await broker.stop()
  await rm(folder, { recursive: true, force: true })
})

describe('a fold on Kafka', () => {
  it('joins and emits once', async () => {
    const kafka = connectKafka({ brokers: [broker.brokers] }, logger)
    const admin = kafka.admin()
    await admin.connect()
    await createTopics(admin, 'test', { partitions: 2, retentionMs: 86_400_000 })
    const codec = createCodec(ourSchemas())
    const fold = joinOutcomes({ windowMs: 2_000, thresholds: loadViewThresholds(), announceMs: 500 }) as Fold
    const started = Date.now()
    const running = await runFold(
      fold,
      {
        kafka,
        codec,
        settings: {
          namespace: 'test',
          commitIntervalMs: 50,
          acceptStateLoss: false,
          sessionTimeoutMs: 6_000,
          maxBytesPerPartition: 262_144,
          time: { outOfOrdernessMs: 500, idleMs: 500, aheadMs: 300_000, clock: 'live', futureMs: 600_000 },
        },
        failpoint: noFailpoints,
        logger,
        onFatal: (_, error) => {
          throw error
        },
      },
      openMetrics().ofStream('join-outcomes'),
    )
    const producer = kafka.producer({ idempotent: true })
    await producer.connect()
    const at = Date.now()
    const N = 200
    const rows = Array.from({ length: N }, (_, i) => `r${i}`)
    await producer.sendBatch({
      topicMessages: [
        {
          topic: 'test.search.impressions',
          messages: rows.map((id) => ({ key: id, value: codec.encode('ResultsShown', shown({ request_id: id, at })) })),
        },
        {
          topic: 'test.search.clicks',
          messages: rows.map((id) => ({
            key: id,
            value: codec.encode('ResultClicked', click(at + 10, { request_id: id })),
          })),
        },
        {
          topic: 'test.video.watches',
          messages: rows.map((id) => ({
            key: id,
            value: codec.encode('VideoWatched', watch(at + 20, 20_000, { request_id: id })),
          })),
        },
      ],
    })
    const seen: string[] = []
    const consumer = kafka.consumer({ groupId: 'reader', maxWaitTimeInMs: 100 })
    await consumer.connect()
    await consumer.subscribe({ topics: ['test.search.outcomes'], fromBeginning: true })
    await consumer.run({
      eachMessage: ({ message }) => {
        seen.push(codec.decode('RequestClosed', message.value).request_id)
        return Promise.resolve()
      },
    })
    while (seen.length < N && Date.now() - started < 30_000) await new Promise((r) => setTimeout(r, 50))
    await consumer.disconnect()
    await producer.disconnect()
    await running.stop()
    await admin.disconnect()
    expect(seen.sort()).toEqual(rows.sort())
  }, 60_000)
})
