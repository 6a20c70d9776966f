import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Admin, Kafka } from 'kafkajs'
import { pino } from 'pino'
import { loadConfig } from '../../config/config.js'
import { decode } from '../../schemas/codec.js'
import { loadKafkajs } from '../../stores/kafka/kafkajs-corrections.js'
import { startKafka, type LocalBroker } from '../../stores/kafka/local-broker.js'
import { createTopics } from '../../stores/kafka/topic-admin.js'
import { groupName, topicName, topics } from '../../streams/topics.js'
import { feedOutcomes } from './feed-outcomes.js'
import { lagOf, until } from './lag.js'
import { cli, supervise, type Supervised } from './processes.js'
import { readTopics } from './read-topics.js'
import { sizeOf } from './sizes.js'

const { size } = sizeOf(process.env)
const namespace = 'test-restarts'
const outcomes = topicName(namespace, topics.outcomes)
const samples = topicName(namespace, topics.samples)

describe(`${size.brokerRestarts} restarts of the broker under constant commits, the labeller killed in each`, () => {
  let dataDir: string
  let kafka: Kafka
  let admin: Admin
  let broker: LocalBroker
  let labeller: Supervised

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'kinora-restarts-'))
    broker = await start()
    const { Kafka, logLevel } = loadKafkajs()
    const retry = { retries: 100, initialRetryTime: 50, maxRetryTime: 1000 }
    kafka = new Kafka({ brokers: [broker.brokers], logLevel: logLevel.NOTHING, retry })
    admin = kafka.admin()
    await admin.connect()
    await createTopics(admin, namespace, { partitions: 2, retentionMs: 86_400_000 })
    const env = {
      KAFKA_BROKERS: broker.brokers,
      KINORA_SESSION_TIMEOUT_MS: '2000',
      KINORA_COMMIT_INTERVAL_MS: '10', // so that a restart always meets a commit
      KINORA_DATA_DIR: dataDir,
    }
    const args = ['--namespace', namespace, 'run', 'label-samples']
    labeller = await supervise({ name: 'labeller', script: cli, args, env, logDir: dataDir, forgiven: 0 })
    await labellerIsReady()
  }, 120_000)

  const labellerIsReady = () =>
    until('the labeller is ready', () => labeller.says('"msg":"ready"'), {
      ...{ timeoutMs: 60_000, trouble: labeller.trouble },
    })

  const start = (port?: number): Promise<LocalBroker> =>
    startKafka({
      dataDir: join(dataDir, 'kafka'),
      cacheDir: loadConfig(process.env).cacheDir,
      logger: pino({ level: 'silent' }),
      ...(port === undefined ? {} : { port }),
    })

  afterAll(async () => {
    await labeller.end()
    await admin.disconnect()
    await broker.stop()
    await rm(dataDir, { recursive: true, force: true })
  }, 30_000)

  /** The labeller dies while the broker is away: whatever the broker forgot to mark is for its heir. */
  const restart = async (): Promise<void> => {
    await broker.stop()
    await labeller.kill()
    broker = await start(Number(broker.brokers.split(':')[1]))
    await labellerIsReady()
  }

  const read = async <Row>(topic: string, rowOf: (value: Buffer | null) => Row): Promise<Row[]> => {
    const rows: Row[] = []
    await readTopics(kafka, [topic], ({ value }) => rows.push(rowOf(value)))
    return rows
  }

  it(
    'publishes every request once, and every sample of it once',
    async () => {
      const feeding = new AbortController()
      const feeds = [0, 1].map((partition) => feedOutcomes(kafka, admin, namespace, partition, feeding.signal))
      for (let n = 0; n < size.brokerRestarts; n++) {
        await restart()
        await delay(1_000) // of traffic
      }
      feeding.abort()
      await Promise.all(feeds)
      const lag = () => lagOf(admin, groupName(namespace, 'label-samples'), [outcomes])
      await until('the labeller has labelled all', async () => (await lag()) === 0, {
        ...{ timeoutMs: 60_000, trouble: labeller.trouble },
      })

      const requests = await read(outcomes, (value) => decode('RequestClosed', value).request_id)
      expect(new Set(requests).size).toBe(requests.length)
      for (const partition of [0, 1]) {
        const own = requests.filter((id) => id.startsWith(`${partition}-`))
        expect(own).toEqual(own.map((_, n) => `${partition}-${n}`))
        expect(own.length).toBeGreaterThan(20 * size.brokerRestarts)
      }
      const labelled = await read(samples, (value) => decode('TrainingSample', value))
      const rows = labelled.map(({ request_id, video_id, policy }) => `${request_id} ${video_id} ${policy}`)
      expect(new Set(rows).size).toBe(rows.length)
      expect(new Set(labelled.map(({ request_id }) => request_id))).toEqual(new Set(requests))
    },
    size.timeoutMs,
  )
})
