import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { Warehouse } from '../../../../stores/clickhouse/warehouse.js'
import { insertRows } from '../../../../streams/sinks/insert-rows.js'
import { tables, type StoredEvent } from '../../../../streams/sinks/rows.js'
import type { SinkRecord } from '../../../../streams/sinks/sink.js'
import { trickyQueries } from '../../../chaos/world.js'
import { bareEvents } from '../../../helpers/bare-events.js'
import { shown } from '../../../helpers/behavior-events.js'
import { outcome } from '../../../helpers/outcomes.js'
import { sampleEvents } from '../../../helpers/sample-events.js'
import { sinkRecord } from '../../../helpers/sink-records.js'
import { openTestWarehouse } from '../../../helpers/warehouse.js'

const storedEvents = Object.keys(tables) as StoredEvent[]
const allTables = [...new Set(storedEvents.map((event) => tables[event].table)), 'impression_facts']

describe('insertRows: records → ClickHouse', () => {
  let warehouse: Warehouse
  beforeAll(async () => {
    warehouse = await openTestWarehouse()
  })
  afterAll(() => warehouse.close())
  beforeEach(async () => {
    for (const table of allTables) await warehouse.command(`TRUNCATE TABLE ${table}`)
  })

  const store = (...records: SinkRecord<StoredEvent>[]) => insertRows(warehouse)(records)

  describe.each([
    ['full', sampleEvents],
    ['bare', bareEvents],
  ])('%s events', (_, events) => {
    it.each(storedEvents)('keeps every field of %s with its position', async (event) => {
      const record = sinkRecord<StoredEvent>(event, events[event], 12)
      expect(await store(record)).toEqual({ dead: [] })
      expect(await readAll(warehouse, tables[event].table)).toEqual(expectedRows(record))
    })
  })

  it('changes nothing when a batch comes again, whatever it is batched with', async () => {
    const records = storedEvents.map((event, offset) => sinkRecord<StoredEvent>(event, sampleEvents[event], offset))
    await store(...records)
    const before = await everything(warehouse)
    for (const record of records) await store(record, record)
    await store(...records.reverse())
    expect(await everything(warehouse)).toEqual(before)
  })

  it('keeps the newest value of a tile, also when an older one is written after it', async () => {
    const tile = sampleEvents.TileCounted
    await store(sinkRecord('TileCounted', { ...tile, clicks: 8 }, 12))
    await store(sinkRecord('TileCounted', { ...tile, clicks: 5 }, 11))
    expect(await warehouse.rows('SELECT clicks, source_offset FROM engagement_tiles FINAL')).toEqual([
      { clicks: 8, source_offset: 12 },
    ])
  })

  it('tells the tile over all queries from the tile of the empty query', async () => {
    const tile = sampleEvents.TileCounted
    await store(
      sinkRecord('TileCounted', { ...tile, query: null, clicks: 2 }, 1),
      sinkRecord('TileCounted', { ...tile, query: '', clicks: 1 }, 2),
    )
    expect(
      await warehouse.rows('SELECT all_queries, query, clicks FROM engagement_tiles FINAL ORDER BY all_queries'),
    ).toEqual([
      { all_queries: false, query: '', clicks: 1 },
      { all_queries: true, query: '', clicks: 2 },
    ])
  })

  it('keeps queries byte for byte', async () => {
    await store(...trickyQueries.map((query, offset) => sinkRecord('ResultsShown', shown({ query }), offset)))
    const rows = await warehouse.rows<{ query: string }>('SELECT query FROM raw_impressions ORDER BY source_offset')
    expect(rows.map(({ query }) => query)).toEqual(trickyQueries)
  })

  it('takes events and arrivals of 700 different months in one insert', async () => {
    const months = Array.from({ length: 700 }, (_, n) => n * 30 * 86_400_000)
    const closed = { ...sampleEvents.RequestClosed, outcomes: [outcome()] }
    const { dead } = await store(
      ...months.map((at, n) => sinkRecord('ResultsShown', shown({ at, request_id: `r${n}` }), n, { receivedAt: at })),
      ...months.map((at, n) => sinkRecord('RequestClosed', { ...closed, shown_at: at, request_id: `r${n}` }, n)),
      ...months.map((tile, n) => sinkRecord('TileCounted', { ...sampleEvents.TileCounted, tile }, n)),
    )
    expect(dead).toEqual([])
    for (const table of ['raw_impressions', 'outcomes', 'engagement_tiles'])
      expect(await warehouse.rows(`SELECT count() AS rows FROM ${table} FINAL`)).toEqual([{ rows: 700 }])
  })

  it('hands back exactly the records that the engine refuses as data, and stores the rest of the batch', async () => {
    const records = Array.from({ length: 50 }, (_, offset) =>
      sinkRecord('ResultsShown', shown({ query: offset % 20 === 7 ? 'lone surrogate \ud800' : 'fine' }), offset),
    )
    const { dead } = await store(...records)
    expect(dead.map(({ record, code }) => [record.offset, code])).toEqual([
      [7, 'CLICKHOUSE_REJECTED'],
      [27, 'CLICKHOUSE_REJECTED'],
      [47, 'CLICKHOUSE_REJECTED'],
    ])
    expect(dead[0]!.reason).toContain('CANNOT_PARSE')
    expect(await warehouse.rows('SELECT count() AS rows FROM raw_impressions FINAL')).toEqual([{ rows: 47 }])
  })

  it('throws, and calls nothing dead, when a table is missing', async () => {
    await warehouse.command('RENAME TABLE samples TO elsewhere')
    await expect(store(sinkRecord('TrainingSample', sampleEvents.TrainingSample, 1))).rejects.toMatchObject({
      name: 'FatalError',
      code: 'CLICKHOUSE_REJECTED',
    })
    await warehouse.command('RENAME TABLE elsewhere TO samples')
  })

  it('stores a batch of closed requests that is larger than one insert may be', async () => {
    const outcomes = Array.from({ length: 1000 }, (_, n) => outcome({ video_id: `v${n}` }))
    await store(
      ...Array.from({ length: 25 }, (_, n) =>
        sinkRecord('RequestClosed', { ...sampleEvents.RequestClosed, request_id: `r${n}`, outcomes }, n),
      ),
    )
    expect(await warehouse.rows('SELECT count() AS rows FROM outcomes FINAL')).toEqual([{ rows: 25_000 }])
  })
})

/** The rows of a table with times in epoch milliseconds. */
async function readAll(warehouse: Warehouse, table: string): Promise<Record<string, unknown>[]> {
  const columns = await warehouse.rows<{ name: string; type: string }>(
    `SELECT name, type FROM system.columns WHERE database = '${warehouse.database}' AND table = '${table}'`,
  )
  const select = columns.map(({ name, type }) =>
    type.includes('DateTime64') ? `toUnixTimestamp64Milli(t.${name}) AS ${name}` : `t.${name} AS ${name}`,
  )
  return warehouse.rows(`SELECT ${select.join(', ')} FROM ${table} AS t FINAL ORDER BY ALL`)
}

const everything = (warehouse: Warehouse): Promise<unknown[]> =>
  Promise.all(allTables.map((table) => readAll(warehouse, table)))

/** What a reader of the table should see, said apart from the code under test. */
function expectedRows({ event, value, partition, offset, receivedAt }: SinkRecord<StoredEvent>): object[] {
  const source = { source_partition: partition, source_offset: offset }
  if (event === 'RequestClosed') {
    const { outcomes, ...request } = value
    return outcomes.map((one) => ({ ...one, ...request, ...source }))
  }
  if (event === 'RecordsUnused') {
    return value.entries.map((entry) => ({ partition: value.partition, ...entry, ...source }))
  }
  if (event === 'TileCounted') {
    return [{ ...value, query: value.query ?? '', all_queries: value.query === null, ...source }]
  }
  if (event === 'DeadLettered') {
    const { key, value: bytes, ...letter } = value
    const base64 = { key_base64: key && key.toString('base64'), value_base64: bytes && bytes.toString('base64') }
    return [{ ...letter, ...base64, ...source }]
  }
  const raw = ['VideoUploaded', 'AsrTranscribed', 'OcrRecognized', 'ResultsShown', 'ResultClicked', 'VideoWatched']
  return [{ ...value, ...source, ...(raw.includes(event) ? { received_at: receivedAt } : {}) }]
}
