import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { Command } from 'commander'
import { pino } from 'pino'
import { registerEngagement } from '../../../cli/commands/engagement.js'
import { registerOutcomes } from '../../../cli/commands/outcomes.js'
import { registerParity } from '../../../cli/commands/parity.js'
import { registerRelabel } from '../../../cli/commands/relabel.js'
import { registerSamples } from '../../../cli/commands/samples.js'
import { createContext } from '../../../cli/context.js'
import { databaseOf } from '../../../cli/connections.js'
import type { Outcome, RequestClosed, TileCounted, TrainingSample } from '../../../schemas/events.js'
import { migrate } from '../../../stores/clickhouse/migrate.js'
import { sqlName, sqlString } from '../../../stores/clickhouse/sql-string.js'
import { ensureDatabase, openWarehouse, type Warehouse } from '../../../stores/clickhouse/warehouse.js'
import { retryRetriable } from '../../../stores/kafka/retry-retriable.js'
import { connectKafka } from '../../../stores/kafka/client.js'
import { readJoinerProgress } from '../../../streams/account.js'
import { insertRows } from '../../../streams/sinks/insert-rows.js'
import { encodeMetadata } from '../../../streams/runtime/commit-metadata.js'
import { groupName, topicName, topics } from '../../../streams/topics.js'
import { click, shown } from '../../helpers/behavior-events.js'
import { joinLog } from '../../helpers/joined-log.js'
import { closedRequest } from '../../helpers/outcomes.js'
import { sinkRecord } from '../../helpers/sink-records.js'
import { startTestStack, uniqueNamespace } from '../../helpers/stack.js'
import { tempFolder } from '../../helpers/temp-folder.js'
import { until } from '../../helpers/until.js'

const windowMs = 60_000
const sample = (more: Partial<TrainingSample> = {}): TrainingSample => ({
  ...{ request_id: 'r1', video_id: 'a', user_id: 'ann', query: '围巾 a/b "c"', position: 1, shown_at: 7 },
  ...{ domain: 'content', grade: 3, reason: 'satisfied', weight: 1, quantile: 1 / 3, policy: 'content-v1' },
  calibration: null,
  ...more,
})
const tile = (more: Partial<TileCounted> = {}): TileCounted => ({
  ...{ video_id: 'v', query: null, tile: 300_000, as_of: 0 },
  ...{ impressions: 1, clicks: 2, watched_ms: 2 ** 45, long_clicks: 3, completes: 4 },
  ...more,
})
const request = (request_id: string, shown_at: number, more: Partial<RequestClosed> = {}): RequestClosed =>
  closedRequest([{ completion: 0.1 + 0.2 }, { duration_ms: 5 }], {
    request_id,
    shown_at,
    variants: { x: '/' },
    ...more,
  })

describe('the commands that read', () => {
  const folder = tempFolder()
  let stack: Awaited<ReturnType<typeof startTestStack>>
  let namespace: string
  let warehouse: Warehouse
  beforeAll(async () => {
    stack = await startTestStack({ kafka: true, clickhouse: true })
    namespace = uniqueNamespace()
    const options = { url: stack.clickhouseUrl, database: databaseOf(namespace) }
    await ensureDatabase(options)
    warehouse = openWarehouse(options)
    await migrate(warehouse)
    await insertRows(warehouse)([
      ...[request('b', 5), request('a', 5), request('c', 1), request('d', 1_000)].map((value, offset) =>
        sinkRecord('RequestClosed', value, offset),
      ),
      ...[
        sample(),
        sample({ domain: 'perception', policy: 'perception-v1', quantile: null }),
        sample({ request_id: 'r2' }),
        sample({ policy: 'content-v2', calibration: 'c1' }),
      ].map((value, offset) => sinkRecord('TrainingSample', value, offset)),
      ...[tile({ query: '' }), tile(), tile({ query: 'q' }), tile({ video_id: 'u', tile: 0 })].map((value, offset) =>
        sinkRecord('TileCounted', value, offset),
      ),
    ])
  })
  afterAll(async () => {
    await warehouse.command(`DROP DATABASE ${sqlName(warehouse.database)}`)
    await warehouse.close()
  })

  /** Runs a command in this process; what it prints is kept. */
  const kinora = async (args: string[], env: Record<string, string> = {}) => {
    const settings = {
      ...{ CLICKHOUSE_URL: stack.clickhouseUrl, KAFKA_BROKERS: '', REDIS_URL: '', KINORA_DATA_DIR: folder.path() },
      ...{ KINORA_WINDOW_MS: String(windowMs), KINORA_IDLE_MS: '1000', KINORA_OUT_OF_ORDERNESS_MS: '1000' },
      ...{ KINORA_LOG_LEVEL: 'silent', ...env },
    }
    const saved = { ...process.env }
    const out: Buffer[] = []
    const err: string[] = []
    const keep = (text: unknown) => out.push(Buffer.isBuffer(text) ? text : Buffer.from(String(text)))
    const spies = [
      jest.spyOn(console, 'log').mockImplementation((text) => void keep(`${text}\n`)),
      jest.spyOn(console, 'error').mockImplementation((text) => void err.push(String(text))),
    ]
    const stdout = new Writable({ write: (chunk, _, done) => (keep(chunk), done()) })
    const context = createContext(() => namespace, new AbortController().signal)
    Object.assign(process.env, settings)
    try {
      const program = new Command('kinora').exitOverride().configureOutput({ writeErr: () => undefined })
      for (const register of [registerOutcomes, registerSamples, registerEngagement, registerParity, registerRelabel])
        register(program, { ...context, stdout })
      const error = await program.parseAsync(args, { from: 'user' }).then(
        () => undefined,
        (thrown: unknown) => (thrown as { code: string }).code,
      )
      const bytes = Buffer.concat(out)
      return { error, code: process.exitCode ?? 0, bytes, out: bytes.toString(), err: err.join('\n') }
    } finally {
      await context.close()
      process.env = saved
      process.exitCode = undefined
      for (const spy of spies) spy.mockRestore()
    }
  }
  const lines = async <Row>(...args: string[]): Promise<Row[]> => {
    const { error, out, err } = await kinora(args)
    expect({ error, err }).toEqual({ error: undefined, err: '' })
    return out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Row]))
  }

  it('print outcomes with the fields of the design, in the order of time, request and position', async () => {
    const rows = await lines<Outcome>('outcomes')
    expect(rows.map(({ shown_at, request_id, position }) => [shown_at, request_id, position])).toEqual([
      ...[
        [1, 'c', 1],
        [1, 'c', 2],
        [5, 'a', 1],
        [5, 'a', 2],
        [5, 'b', 1],
        [5, 'b', 2],
        [1_000, 'd', 1],
        [1_000, 'd', 2],
      ],
    ])
    expect(Object.entries(rows[0]!)).toEqual(
      Object.entries({
        ...{ request_id: 'c', video_id: 'video-1', user_id: 'user', query: 'query', position: 1, shown_at: 1 },
        ...{ variants: { x: '/' }, clicked: false, first_click_at: null, clicks: 0, watched_ms: 0, duration_ms: null },
        ...{ completion: 0.1 + 0.2, valid_play: false, long_view: false, short_play: false, complete: false },
        ...{ autoplay: false, device: 'phone', model_set: null, served_features_at: null },
      }),
    )
  })

  it('take a range of time, its end not included, and one request', async () => {
    expect(await lines('outcomes', '--from', '5', '--to', '1970-01-01T00:00:01Z')).toHaveLength(4)
    expect(await lines('outcomes', '--request', 'a')).toHaveLength(2)
    expect(await lines('outcomes', '--from', '1001')).toEqual([])
  })

  it('print samples, by domain and policy', async () => {
    expect(await lines('samples')).toHaveLength(4)
    expect(await lines('samples', '--domain', 'content', '--policy', 'content-v1')).toEqual([
      sample(),
      sample({ request_id: 'r2' }),
    ])
    expect(await lines('samples', '--policy', 'content-v2')).toEqual([
      sample({ policy: 'content-v2', calibration: 'c1' }),
    ])
  })

  it('print tiles: over all queries with a null query, which is not the empty one', async () => {
    const printed = (more: Partial<TileCounted> = {}) => {
      const row: Partial<TileCounted> = tile(more)
      delete row.as_of
      return row
    }
    expect(await lines('engagement')).toEqual([
      printed({ video_id: 'u', tile: 0 }),
      printed(),
      printed({ query: '' }),
      printed({ query: 'q' }),
    ])
    expect(await lines('engagement', '--query', '')).toEqual([printed({ query: '' })])
    expect(await lines('engagement', '--video', 'v', '--overall')).toEqual([printed()])
    expect(await lines('engagement', '--from', '300000', '--video', 'u')).toEqual([])
  })

  it('write Parquet with the same fields, to a file or a pipe', async () => {
    const file = join(folder.path(), 'outcomes.parquet')
    expect(await kinora(['outcomes', '--format', 'parquet', '--out', file])).toMatchObject({
      error: undefined,
      out: '',
    })
    expect((await stat(file)).size).toBeGreaterThan(0)
    const columns = await warehouse.rows<{ name: string; type: string }>(
      `DESCRIBE file(${sqlString(file)}, Parquet) SETTINGS schema_inference_make_columns_nullable = 'auto'`,
    )
    expect(columns.map(({ name }) => name)).toEqual(Object.keys((await lines<Outcome>('outcomes'))[0]!))
    expect(await warehouse.rows(`SELECT * FROM file(${sqlString(file)}, Parquet)`)).toEqual(await lines('outcomes'))
    const piped = await kinora(['outcomes', '--format', 'parquet'])
    expect(piped.bytes.equals(await readFile(file))).toBe(true)
  })

  it('refuse a range that ends before it begins, a missing range and an unknown policy', async () => {
    expect(await kinora(['outcomes', '--from', '9', '--to', '8'])).toMatchObject({ error: 'COMMAND_INVALID', out: '' })
    expect(await kinora(['relabel', '--from', '9'])).toMatchObject({ error: 'commander.missingMandatoryOptionValue' })
    const unknown = ['relabel', '--from', '0', '--to', '1', '--policy', 'nonsense-v1']
    expect(await kinora(unknown)).toMatchObject({ error: 'POLICY_INVALID', out: '' })
  })

  describe('with raw events', () => {
    beforeAll(async () => {
      const records = [0, 1].map((n) => shown({ request_id: `raw${n}`, at: 10_000 + n }))
      const drafts = records.map((value, id) => ({
        ...{ id, key: '', damage: null, topic: 'search.impressions' as const },
        content: { event: 'ResultsShown' as const, value },
      }))
      const log = joinLog([{ name: '', closedBefore: null, records: drafts }], { windowMs, outOfOrdernessMs: 0 })
      await insertRows(warehouse)([
        ...[...log.raw, ...log.outcomes.map((one) => ({ ...one, offset: one.offset + 100 }))],
        sinkRecord('ResultClicked', click(10_005, { request_id: 'raw1' }), 0),
      ])
    })
    const range = ['--from', '10000', '--to', '20000']

    it('prove parity with exit code 0, and its absence with 1 and the rows that differ', async () => {
      expect(await kinora(['parity', '--from', '10000', '--to', '10001'])).toMatchObject({
        ...{ code: 0, out: '3 outcomes compared, 0 differ\n' },
      })
      const { code, out } = await kinora(['parity', ...range, '--json'])
      expect(code).toBe(1)
      expect(
        out
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as object),
      ).toEqual([
        expect.objectContaining({
          ...{ request_id: 'raw1', video_id: 'a', shown_at: 10_001, columns: ['clicked', 'first_click_at', 'clicks'] },
          streamed: expect.objectContaining({ clicks: 0 }) as object,
          recomputed: expect.objectContaining({ clicks: 1 }) as object,
        }),
        { compared: 6, differing: 1 },
      ])
      expect((await kinora(['parity', ...range])).out).toBe(
        'request raw1, video a, shown 10001: clicked streamed false, recomputed true; ' +
          'first_click_at streamed null, recomputed 10005; clicks streamed 0, recomputed 1\n' +
          '6 outcomes compared, 1 differ\n',
      )
    })

    it('leave out requests whose window may still be open', async () => {
      await commitWatermark(stack.brokers, namespace, 10_000 + windowMs)
      const { code, out, err } = await kinora(['parity', ...range], { KAFKA_BROKERS: stack.brokers })
      expect([code, out]).toEqual([0, '3 outcomes compared, 0 differ\n'])
      expect(err).toContain('1970-01-01T00:00:10.001Z')
    })

    it('show what relabelling made of it, and what was streamed on demand', async () => {
      const { code, out } = await kinora(['relabel', ...range, '--json'])
      expect(code).toBe(0)
      expect(JSON.parse(out)).toMatchObject({ requests: 2, outcomes: 6, samples: 2, done: 1 })
      const clicks = async (...args: string[]) =>
        (await lines<Outcome>('outcomes', '--request', 'raw1', ...args)).map((row) => row.clicks)
      expect(await clicks()).toEqual([1, 0, 0])
      expect(await clicks('--streamed')).toEqual([0, 0, 0])
      expect(await lines('samples', ...range)).toHaveLength(2)
      expect(await lines('samples', ...range, '--streamed')).toEqual([])
    })
  })
})

/** Creates the topics that are looked at, and says where the joiner is, as it would itself. */
async function commitWatermark(brokers: string, namespace: string, watermark: number): Promise<void> {
  const kafka = connectKafka({ brokers: [brokers] }, pino({ level: 'silent' }))
  const [admin, producer] = [kafka.admin(), kafka.producer({ idempotent: true, transactionalId: namespace })]
  await Promise.all([admin.connect(), producer.connect()])
  const inputs = [topics.impressions, topics.clicks, topics.watches].map((topic) => topicName(namespace, topic))
  const derived = [topics.outcomes, topics.unused].map((topic) => topicName(namespace, topic))
  await admin.createTopics({ topics: [...inputs, ...derived].map((topic) => ({ topic, numPartitions: 1 })) })
  const metadata = encodeMetadata({
    ...{
      rebuildOffset: 0,
      maxAt: watermark,
      asserted: -Infinity,
      watermark,
      counts: [0, 0, 0, 0, 0],
      saved: '',
      rules: '',
    },
  })
  await retryRetriable(async () => {
    const transaction = await producer.transaction()
    try {
      await transaction.sendOffsets({
        consumerGroupId: groupName(namespace, 'join-outcomes'),
        topics: inputs.map((topic) => ({ topic, partitions: [{ partition: 0, offset: '0', metadata }] })),
      })
      await transaction.commit()
    } catch (error) {
      await transaction.abort()
      throw error
    }
  })
  // A commit is not always seen at once by whoever reads it.
  await until(async () => (await readJoinerProgress(admin, namespace)).watermarks[0] === watermark)
  await Promise.all([admin.disconnect(), producer.disconnect()])
}
