import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Redis } from 'ioredis'
import { pino } from 'pino'
import { loadConfig } from '../../config/config.js'
import { decode } from '../../schemas/codec.js'
import type { RequestClosed, TileCounted, TrainingSample } from '../../schemas/events.js'
import { startEmbeddedClickHouse } from '../../stores/clickhouse/embedded.js'
import { loadKafkajs } from '../../stores/kafka/kafkajs-corrections.js'
import { differences } from './compare.js'
import { failpoints, planFaults } from './faults.js'
import { defaultLog, generateLog, maxDelayMs } from './generate.js'
import { inputTopics, type InputTopic } from './log.js'
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
import { readTopics } from './read-topics.js'
import { ChaosRun, databaseOf } from './run.js'
import { ID_HEADER } from './send-log.js'
import { sizeOf } from './sizes.js'
import { startStack, type Stack } from './stack.js'
import { senderFaults, verdictDifferences, type Place } from './verdicts.js'

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
  const places: Place[] = []
  const closed: RequestClosed[] = []
  const samples: TrainingSample[] = []
  const tiles = new Map<string, TileCounted>()
  const database = () => ({ url: stack.clickhouseUrl, database: databaseOf(namespace) })

  beforeAll(async () => {
    const logger = pino({ level: 'silent' })
    dataDir = await mkdtemp(join(tmpdir(), 'kinora-chaos-'))
    const startClickHouse = (folder: string) => startEmbeddedClickHouse({ dataDir: folder, logger })
    stack = await startStack({ dataDir, cacheDir: loadConfig(process.env).cacheDir, logger, startClickHouse })
    const { Kafka, logLevel, Partitioners } = loadKafkajs()
    const retry = { retries: 100, initialRetryTime: 50, maxRetryTime: 1000 }
    const kafka = new Kafka({ brokers: [stack.brokers], logLevel: logLevel.NOTHING, retry })
    const admin = kafka.admin()
    const producer = kafka.producer({ idempotent: true, createPartitioner: Partitioners.DefaultPartitioner })
    await Promise.all([admin.connect(), producer.connect()])
    const faults = planFaults(createRandom(seed), {
      joiners: ChaosRun.joiners(size.joiners),
      others: ChaosRun.others,
      kills: size.kills,
      sessionMs: size.sessionMs,
      freezes: size.freezes,
      restarts: size.restarts,
      from: Math.floor(records.length * 0.05),
      to: Math.floor(records.length * 0.97),
    })
    const { windowMs, outOfOrdernessMs } = logOptions
    const logDir = join(dataDir, 'logs')
    const run = new ChaosRun({
      namespace,
      size,
      stack,
      kafka,
      admin,
      producer,
      logDir,
      windowMs,
      outOfOrdernessMs,
      faults,
    })
    try {
      await run.start()
      await run.send(phases, (time) => expected.outcomes.filter(({ shown_at }) => shown_at + windowMs <= time).length)
      await run.finish(lastTime() + 10 * windowMs)
    } finally {
      processes = await run.end()
      await Promise.all([admin.disconnect(), producer.disconnect()])
    }
    await readTopics(
      kafka,
      inputTopics.map((topic) => run.topicOf(topic)),
      ({ topic, partition, offset, headers }) => {
        const id = headers[ID_HEADER]
        if (id === undefined) return
        const ownTopic = topic.slice(namespace.length + 1) as InputTopic
        places.push({ id: Number(id.toString()), topic: ownTopic, partition, offset })
      },
    )
    await readTopics(kafka, [run.topicOf('search.outcomes')], ({ value }) => {
      closed.push(decode('RequestClosed', value))
    })
    await readTopics(kafka, [run.topicOf('training.samples')], ({ value }) => {
      samples.push(decode('TrainingSample', value))
    })
    await readTopics(kafka, [run.topicOf('video.engagement')], ({ value }) => {
      const tile = decode('TileCounted', value)
      tiles.set(JSON.stringify([tile.video_id, tile.query, tile.tile]), tile)
    })
  }, size.timeoutMs)

  afterAll(async () => {
    await stack.stop()
    await rm(dataDir, { recursive: true, force: true })
  }, 30_000)

  it('was sent as it was meant to be', () => {
    expect(senderFaults(expected.verdicts, places).slice(0, 10)).toEqual([])
  })

  it('hit the product where it hurts', () => {
    const all = [...processes.values()]
    const kills = all.flatMap(({ ends }) => ends.filter((how) => how === 'SIGKILL')).length
    expect(kills).toBeGreaterThanOrEqual(size.kills)
    const fired = new Set(all.flatMap((process) => process.fired.map((failpoint) => failpoint.split(':')[0])))
    if (name === 'long') expect([...fired].sort()).toEqual([...failpoints].sort())
  })

  it('shows each request exactly once to a read_committed reader', () => {
    const requests = new Set(expected.outcomes.map(({ request_id }) => request_id))
    const optional = new Set(expected.emptyRequests)
    const actual = closed.filter(({ request_id, outcomes }) => !(optional.has(request_id) && outcomes.length === 0))
    const difference = differences({
      what: 'requests in search.outcomes',
      expected: [...requests].map((request_id) => ({ request_id })),
      actual,
      keyOf: ({ request_id }) => [request_id],
      fields: ['request_id'],
    })
    expect(difference).toBe('')
  })

  it('shows each outcome exactly once to a read_committed reader, with every field right', () => {
    const actual = closed.flatMap(({ outcomes, ...request }) => outcomes.map((outcome) => ({ ...request, ...outcome })))
    expect(outcomeDifferences('search.outcomes', actual)).toBe('')
  })

  it('stores every outcome', async () => {
    expect(outcomeDifferences('table outcomes', await storedOutcomes(database()))).toBe('')
  })

  it('labels every outcome once', () => {
    expect(sampleDifferences('training.samples', samples)).toBe('')
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
    const actual = [...tiles.values()].filter((tile) => !isEmpty(tile))
    expect(tileDifferences('last values of video.engagement', actual)).toBe('')
  })

  it('counts every tile in ClickHouse', async () => {
    expect(tileDifferences('table engagement_tiles', await storedTiles(database()))).toBe('')
  })

  it('serves every tile from Redis, and sums that fit them', async () => {
    const redis = new Redis(stack.redisUrl)
    try {
      const { tiles: served, wrongSums } = await servedTiles(redis, namespace)
      expect(
        tileDifferences(
          'tiles in Redis',
          served.filter((tile) => !isEmpty(tile)),
        ),
      ).toBe('')
      expect(wrongSums.slice(0, 10)).toEqual([])
    } finally {
      redis.disconnect()
    }
  })

  it('accounts for every record of the log, by its offset', async () => {
    const wrong = verdictDifferences(expected.verdicts, places, await storedUnused(database()))
    expect([wrong.length, ...wrong.slice(0, 10)]).toEqual([0])
  })

  it('keeps every dead record in the dead letters, once', async () => {
    const dead = places.filter(({ id }) => expected.verdicts.get(id)!.allowed.includes('dead'))
    const actual = await storedDeadLetters(database(), 'join-outcomes')
    const difference = differences({
      what: 'dead letters of the joiner',
      expected: dead.map(({ topic, partition, offset }) => ({ topic: `${namespace}.${topic}`, partition, offset })),
      actual,
      keyOf: ({ topic, partition, offset }) => [topic, partition, offset],
      fields: ['offset'],
    })
    expect(difference).toBe('')
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
