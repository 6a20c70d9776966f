import { join } from 'node:path'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { pino } from 'pino'
import { createCodec } from '../../schemas/codec.js'
import type { RequestClosed, ResultsShown } from '../../schemas/events.js'
import { ourSchemas } from '../../schemas/versions.js'
import { connectKafka } from '../../stores/kafka/client.js'
import { explained, readJoinerProgress } from '../../streams/account.js'
import { click, shown, watch } from '../helpers/behavior-events.js'
import { jsonLines, kinora as runKinora, startKinora } from '../helpers/kinora.js'
import { until } from '../helpers/until.js'

const codec = createCodec(ourSchemas())
const logger = pino({ level: 'silent' })
const times = {
  KINORA_WINDOW_MS: '3000',
  KINORA_OUT_OF_ORDERNESS_MS: '500',
  KINORA_IDLE_MS: '500',
  KINORA_PARTITIONS: '2',
}

/** Every way to spoil a record that we could think of, per topic; and what must be left of it in the account. */
function hostile(at: number): { topic: string; value: Buffer | null }[] {
  const impression = codec.encode('ResultsShown', shown({ request_id: 'mutated', at }))
  const mutated = Array.from({ length: 200 }, (_, i) => {
    const bytes = Buffer.from(impression)
    bytes[10 + (i % (bytes.length - 10))]! ^= 1 + (i % 255)
    return { topic: 'search.impressions', value: bytes }
  })
  const of = (over: Partial<ResultsShown>) => ({
    topic: 'search.impressions',
    value: codec.encode('ResultsShown', shown({ at, ...over })),
  })
  return [
    ...mutated,
    { topic: 'search.impressions', value: null },
    { topic: 'search.impressions', value: Buffer.alloc(0) },
    { topic: 'search.impressions', value: impression.subarray(0, 20) },
    { topic: 'search.impressions', value: codec.encode('ResultClicked', click(at)) },
    of({ request_id: '' }),
    of({ request_id: 'long-query', query: '长'.repeat(1_001) }),
    of({ request_id: 'huge-query', query: 'x'.repeat(900_000) }),
    of({
      request_id: 'many',
      results: Array.from({ length: 10_000 }, (_, i) => ({ video_id: `v${i}`, position: i + 1, duration_ms: null })),
    }),
    of({ request_id: 'position', results: [{ video_id: 'a', position: 0, duration_ms: null }] }),
    of({ request_id: 'future', at: at + 3_600_000 }),
    of({ request_id: 'far-future', at: 4_102_444_800_000 }),
    // Within the limit, but further ahead than an input may run: it must not stand still for ever.
    of({ request_id: 'ahead', at: at + 9 * 60_000 }),
    of({ request_id: 'past', at: 0 }),
    of({ request_id: 'negative', at: -1 }),
    { topic: 'search.clicks', value: codec.encode('ResultClicked', click(at, { request_id: 'nobody' })) },
    { topic: 'search.clicks', value: codec.encode('ResultClicked', click(0, { request_id: 'nobody' })) },
    { topic: 'search.clicks', value: codec.encode('ResultClicked', click(Number.MAX_SAFE_INTEGER)) },
    { topic: 'video.watches', value: codec.encode('VideoWatched', watch(at, -5)) },
    { topic: 'video.watches', value: codec.encode('VideoWatched', watch(at, Number.MAX_SAFE_INTEGER)) },
    { topic: 'video.watches', value: codec.encode('VideoWatched', watch(at, 5, { duration_ms: -1 })) },
    { topic: 'video.watches', value: Buffer.from([0, 0, 0, 0, 1, 2, 3]) },
  ]
}

interface Letter {
  streams: string[]
  code: string
  partition: number
  offset: number
}

describe('hostile input', () => {
  let folder = ''
  let brokers = ''
  let kinora: ReturnType<typeof startKinora>

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kinora-test-'))
    kinora = startKinora(['up'], folder, times)
    await until(() => kinora.printed.err.includes('"ready"'), { withinMs: 150_000 })
    brokers = (JSON.parse(await readFile(join(folder, '.kinora', 'stack.json'), 'utf8')) as { brokers: string }).brokers
  }, 180_000)

  afterAll(async () => {
    kinora.child.kill('SIGTERM')
    await kinora.ended
    await rm(folder, { recursive: true, force: true })
  }, 60_000)

  it('crashes nothing, and every record of it is accounted for', async () => {
    const kafka = connectKafka({ brokers: [brokers] }, logger)
    const [admin, producer] = [kafka.admin(), kafka.producer()]
    await Promise.all([admin.connect(), producer.connect()])
    const records = hostile(Date.now())
    for (const { topic, value } of records)
      await producer.send({ topic: `live.${topic}`, messages: [{ key: 'k', value }] })
    const counted = await until(
      async () => {
        const { accounts } = await readJoinerProgress(admin, 'live')
        const total = [...accounts.values()].reduce((sum, account) => sum + explained(account), 0)
        return total >= records.length && accounts
      },
      { withinMs: 60_000 },
    )
    const sum = [...counted.values()].reduce((total, account) => total + explained(account), 0)
    expect(sum).toBe(records.length)
    expect(counted.get('video.watches')).toEqual({ used: 0, duplicate: 0, late: 0, orphan: 0, dead: 4 })
    expect(counted.get('search.clicks')).toEqual({ used: 0, duplicate: 0, late: 0, orphan: 2, dead: 1 })
    expect(counted.get('search.impressions')!.dead).toBeGreaterThan(12)

    // The impression from nine minutes ahead has held its input back; it must not do so for ever.
    const value = codec.encode('ResultsShown', shown({ request_id: 'after all that', at: Date.now() }))
    await producer.send({ topic: 'live.search.impressions', messages: [{ key: 'k', value }] })
    const impressions = async () => (await readJoinerProgress(admin, 'live')).accounts.get('search.impressions')!
    await until(async () => (await impressions()).used > counted.get('search.impressions')!.used, { withinMs: 30_000 })
    await Promise.all([admin.disconnect(), producer.disconnect()])
  }, 120_000)

  it('lists what it could not process, shows the bytes, and sends them again when told to', async () => {
    const command = (...args: string[]) => runKinora(['dead-letters', ...args], folder, times)
    const listed = async () => jsonLines<Letter>(await command('list', '--json', '--topic', 'video.watches'))
    const letters = await until(async () => (await listed()).length === 4 && listed(), {
      withinMs: 60_000,
      everyMs: 500,
    })
    const { partition, offset, streams } = letters.find(({ code }) => code === 'RECORD_UNDECODABLE')!
    expect(streams.sort()).toEqual(['join-outcomes', 'store-events'])
    const position = `video.watches:${partition}:${offset}`
    expect((await command('show', position)).out).toContain('00 00 00 00 01 02 03')
    expect(await command('replay', position)).toMatchObject({ code: 0, out: 'sent 1 records again\n' })
    await until(async () => (await listed()).length === 5, { withinMs: 60_000, everyMs: 500 })
    expect(await command('show', 'video.watches:0:999')).toMatchObject({ code: 2 })
  }, 180_000)

  it('carries the outcomes of the largest request that an input takes', async () => {
    const kafka = connectKafka({ brokers: [brokers] }, logger)
    const producer = kafka.producer()
    const consumer = kafka.consumer({ groupId: 'reader', maxBytesPerPartition: 16 * 1024 * 1024 })
    await Promise.all([producer.connect(), consumer.connect()])
    const results = Array.from({ length: 1_000 }, (_, i) => ({
      video_id: `${i}-`.padEnd(940, 'v'),
      position: i + 1,
      duration_ms: 1,
    }))
    const value = codec.encode('ResultsShown', shown({ request_id: 'largest', at: Date.now(), results }))
    await producer.send({ topic: 'live.search.impressions', messages: [{ key: 'largest', value }] })
    let closed: RequestClosed | undefined
    await consumer.subscribe({ topics: ['live.search.outcomes'], fromBeginning: true })
    await consumer.run({
      eachMessage: ({ message }) => {
        const request = codec.decode('RequestClosed', message.value)
        if (request.request_id === 'largest') closed = request
        return Promise.resolve()
      },
    })
    expect((await until(() => closed, { withinMs: 60_000 })).outcomes).toHaveLength(1_000)
    await Promise.all([producer.disconnect(), consumer.disconnect()])
  }, 120_000)
})
