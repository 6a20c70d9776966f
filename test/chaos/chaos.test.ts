import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Redis } from 'ioredis'
import type { Kafka } from 'kafkajs'
import { pino } from 'pino'
import { loadConfig } from '../../config/config.js'
import type { TrainingSample } from '../../schemas/events.js'
import { startEmbeddedClickHouse } from '../../stores/clickhouse/embedded.js'
import { loadKafkajs } from '../../stores/kafka/kafkajs-corrections.js'
import { readJoinerProgress, type JoinerProgress } from '../../streams/account.js'
import { accountDifferences } from './accounts.js'
import { differences } from './compare.js'
import { failpoints, planFaults } from './faults.js'
import { findAll, type Found } from './found.js'
import { defaultLog, generateLog, maxDelayMs } from './generate.js'
import { expectedOf } from './oracle.js'
import type { Tile } from './oracle-engagement.js'
import type { Supervised } from './processes.js'
import { createRandom } from './random.js'
import {
  isEmpty,
  storedDeadLetters,
  storedFacts,
  storedOutcomes,
  storedSamples,
  storedTiles,
  storedUnused,
} from './read-stores.js'
import { servedTiles } from './read-redis.js'
import { ChaosRun, databaseOf } from './run.js'
import { sizeOf } from './sizes.js'
import { startStack, type Stack } from './stack.js'
import { senderFaults, verdictDifferences } from './verdicts.js'

const { name, size } = sizeOf(process.env)
const seed = Number(process.env.KINORA_CHAOS_SEED ?? 1)
const namespace = 'test-chaos'
const logOptions = { ...defaultLog, seed, requests: size.requests }
const phases = generateLog(logOptions)
const records = phases.flatMap((phase) => phase.records)
const expected = expectedOf(phases, { ...logOptions, maxDelayMs: maxDelayMs(logOptions), sentAt: Date.now() })

describe(`chaos (${name}, seed ${seed}): processes die, freeze and lose their stores, and nothing shows`, () => {
  let dataDir: string
  let stack: Stack
  let processes: Map<string, Supervised>
  let found: Found
  let progress: JoinerProgress
  const database = () => ({ url: stack.clickhouseUrl, database: databaseOf(namespace) })

  beforeAll(async () => {
    const logger = pino({ level: 'silent' })
    dataDir = await mkdtemp(join(tmpdir(), 'kinora-chaos-'))
    const startClickHouse = (folder: string) => startEmbeddedClickHouse({ dataDir: folder, logger })
    stack = await startStack({ dataDir, cacheDir: loadConfig(process.env).cacheDir, logger, startClickHouse })
    const { Kafka, logLevel } = loadKafkajs()
    const retry = { retries: 100, initialRetryTime: 50, maxRetryTime: 1000 }
    const kafka = new Kafka({ brokers: [stack.brokers], logLevel: logLevel.NOTHING, retry })
    processes = await runThrough(kafka)
    const admin = kafka.admin()
    await admin.connect()
    progress = await readJoinerProgress(admin, namespace)
    await admin.disconnect()
    found = await findAll(kafka, namespace)
  }, size.timeoutMs)

  /** Sends the whole log through the product while the planned faults happen; returns the processes, ended. */
  const runThrough = async (kafka: Kafka): Promise<Map<string, Supervised>> => {
    const admin = kafka.admin()
    const producer = kafka.producer({
      idempotent: true,
      createPartitioner: loadKafkajs().Partitioners.DefaultPartitioner,
    })
    await Promise.all([admin.connect(), producer.connect()])
    const { windowMs, outOfOrdernessMs } = logOptions
    const faults = planFaults(createRandom(seed), {
      ...size,
      joiners: ChaosRun.joiners(size.joiners),
      others: ChaosRun.others,
      from: Math.floor(records.length * 0.05),
      to: Math.floor(records.length * 0.97),
    })
    const logDir = join(dataDir, 'logs')
    const run = new ChaosRun({
      ...{ namespace, size, stack, kafka, admin, producer },
      ...{ logDir, windowMs, outOfOrdernessMs, faults },
    })
    try {
      await run.start()
      await run.send(phases, (time) => expected.outcomes.filter(({ shown_at }) => shown_at + windowMs <= time).length)
      await run.finish(lastTime() + 10 * windowMs)
    } finally {
      await run.end()
      await Promise.all([admin.disconnect(), producer.disconnect()])
    }
    return run.supervised
  }

  afterAll(async () => {
    await stack.stop()
    // Kept on request, for whoever wants to read what the processes said.
    if (!process.env.KINORA_CHAOS_KEEP) await rm(dataDir, { recursive: true, force: true })
  }, 30_000)

  it('was sent as it was meant to be', () => {
    expect(senderFaults(expected.verdicts, found.places).slice(0, 10)).toEqual([])
  })

  it('hit the product where it hurts, and no process ended on its own', () => {
    const all = [...processes.values()]
    const fired = all.flatMap((process) => process.fired)
    expect(new Set(fired.map((failpoint) => failpoint.split(':')[0]))).toEqual(new Set(failpoints))
    const ends = all.flatMap((process) => process.ends)
    expect(ends.filter((how) => how === 'SIGKILL')).toHaveLength(size.kills + fired.length)
  })

  it('drained and exited with 0 when asked to', () => {
    expect([...processes.values()].map(({ ends }) => ends.at(-1))).toEqual([...processes].map(() => 'exit 0'))
  })

  it('shows each request exactly once to a read_committed reader', () => {
    const requests = new Set(expected.outcomes.map(({ request_id }) => request_id))
    const optional = new Set(expected.emptyRequests)
    const difference = differences({
      what: 'requests in search.outcomes',
      expected: [...requests].map((request_id) => ({ request_id })),
      actual: found.requests.filter(({ request_id, outcomes }) => !(optional.has(request_id) && outcomes.length === 0)),
      keyOf: ({ request_id }) => [request_id],
      fields: ['request_id'],
    })
    expect(difference).toBe('')
  })

  it('shows each outcome exactly once to a read_committed reader, with every field right', () => {
    const actual = found.requests.flatMap(({ outcomes, ...request }) =>
      outcomes.map((outcome) => ({ ...request, ...outcome })),
    )
    expect(outcomeDifferences('search.outcomes', actual)).toBe('')
  })

  it('stores every outcome', async () => {
    expect(outcomeDifferences('table outcomes', await storedOutcomes(database()))).toBe('')
  })

  it('labels every outcome once', () => {
    expect(sampleDifferences('training.samples', found.samples)).toBe('')
  })

  it('stores every sample', async () => {
    expect(sampleDifferences('table samples', await storedSamples(database()))).toBe('')
  })

  it('stores every fact', async () => {
    const difference = differences({
      what: 'table impression_facts',
      expected: expected.facts,
      actual: await storedFacts(database()),
      keyOf: ({ request_id, video_id }) => [request_id, video_id],
      fields: ['shown', 'clicked', 'watched_ms'],
    })
    expect(difference).toBe('')
  })

  it('counts every tile in Kafka', () => {
    expect(tileDifferences('last values of video.engagement', found.tiles)).toBe('')
  })

  it('counts every tile in ClickHouse', async () => {
    expect(tileDifferences('table engagement_tiles', await storedTiles(database()))).toBe('')
  })

  it('serves every tile from Redis, and sums that fit them', async () => {
    const redis = new Redis(stack.redisUrl)
    try {
      const { tiles, wrongSums } = await servedTiles(redis, namespace)
      const filled = tiles.filter((tile) => !isEmpty(tile))
      expect(tileDifferences('tiles in Redis', filled)).toBe('')
      expect(wrongSums.slice(0, 10)).toEqual([])
    } finally {
      redis.disconnect()
    }
  })

  it('accounts for every record of the log, by its offset, once', async () => {
    for (const unused of [found.unused, await storedUnused(database())]) {
      const wrong = verdictDifferences(expected.verdicts, found.places, unused)
      expect([wrong.length, ...wrong.slice(0, 10)]).toEqual([0])
    }
  })

  it('keeps an account per topic that agrees', () => {
    expect(accountDifferences(expected.accounts, progress.accounts)).toEqual([])
  })

  it('keeps every dead record in the dead letters, once', async () => {
    const dead = found.places.filter(({ id }) => expected.verdicts.get(id)!.allowed.includes('dead'))
    for (const actual of [found.deadLetters, await storedDeadLetters(database(), 'join-outcomes')]) {
      const difference = differences({
        what: 'dead letters of the joiner',
        expected: dead.map(({ topic, partition, offset }) => ({ topic, partition, offset })),
        actual,
        keyOf: ({ topic, partition, offset }) => [topic, partition, offset],
        fields: ['offset'],
      })
      expect(difference).toBe('')
    }
  })
})

const outcomeDifferences = (what: string, actual: typeof expected.outcomes): string =>
  differences({
    what,
    expected: expected.outcomes,
    actual,
    keyOf: ({ request_id, video_id }) => [request_id, video_id],
    fields: Object.keys(expected.outcomes[0]!) as (keyof (typeof expected.outcomes)[number])[],
  })

const sampleDifferences = (what: string, actual: TrainingSample[]): string =>
  differences({
    what,
    expected: expected.samples,
    actual,
    keyOf: ({ request_id, video_id, domain, policy }) => [request_id, video_id, domain, policy],
    fields: Object.keys(expected.samples[0]!) as (keyof TrainingSample)[],
  })

const tileDifferences = (what: string, actual: Tile[]): string =>
  differences({
    what,
    expected: expected.tiles,
    actual,
    keyOf: ({ video_id, query, tile }) => [video_id, query, tile],
    fields: ['impressions', 'clicks', 'watched_ms', 'long_clicks', 'completes'],
  })

/** The latest event time that is a real one. */
const lastTime = (): number =>
  records
    .filter(({ id }) => !expected.verdicts.get(id)!.allowed.includes('dead'))
    .reduce((last, { content }) => (content.event === 'bytes' ? last : Math.max(last, content.value.at)), 0)
