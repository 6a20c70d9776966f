import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@clickhouse/client'
import { pino } from 'pino'
import { startEmbeddedClickHouse, type EmbeddedClickHouse } from '../stores/clickhouse/embedded.js'
import { migrate } from '../stores/clickhouse/migrate.js'
import { ensureDatabase, openWarehouse } from '../stores/clickhouse/warehouse.js'
import { tables, type Row } from '../streams/sinks/rows.js'
import type { SinkRecord } from '../streams/sinks/sink.js'
import { storeEvents } from '../streams/sinks/store-events.js'
import { behaviorLog, GAP_MS, START_AT, type LogEvent } from './events.js'
import { unlessInterrupted } from './interrupt.js'
import { PARTITIONS } from './load.js'
import type { BenchOptions } from './options.js'
import { showProgress } from './progress.js'
import { count, printTable } from './report.js'
import { median, secondsOf } from './timing.js'

export interface SinkReport {
  readonly rows: number
  readonly rounds: number
  /** Medians. */
  readonly sinkRowsPerSecond: number
  readonly bareRowsPerSecond: number
  readonly sinkOverBare: number
}

type BehaviorRecord = SinkRecord<'ResultsShown' | 'ResultClicked' | 'VideoWatched'>
type Batch = readonly BehaviorRecord[]

/** Rows of one batch, by table: what a program without us would hand to the client. */
type Inserts = readonly { readonly table: string; readonly rows: readonly Row[] }[]

/** As store-events flushes them (streams/topology.ts). */
const BATCH = 20_000

/** The sink of raw events against plain inserts of the same rows into equal tables of the same engine, taking turns. */
export async function benchSink({ events, seed, rounds }: BenchOptions): Promise<SinkReport> {
  const total = Math.ceil(events * 0.2)
  const batches = batchesOf([...behaviorLog({ events: total, seed, startAt: START_AT, gapMs: GAP_MS })])
  const inserts = batches.map(insertsOf)
  return withEngine(async (engine) => {
    const sink: number[] = []
    const bare: number[] = []
    const progress = showProgress('rounds', rounds)
    for (let round = 0; round < rounds; round++) {
      const [ours, theirs] = [`sink_${round}`, `bare_${round}`]
      await createTables(engine, ours)
      await createTables(engine, theirs)
      const passes = [
        async () => sink.push(total / (await secondsOf(() => throughSink(engine, ours, batches)))),
        async () => bare.push(total / (await secondsOf(() => throughClient(engine, theirs, inserts)))),
      ]
      // Whoever is first in a round meets a colder engine.
      for (const pass of round % 2 === 0 ? passes : passes.reverse()) await pass()
      await sameCount(engine, [ours, theirs], total)
      progress.at(round + 1)
    }
    progress.done()
    return print({ rows: total, rounds, sinkRowsPerSecond: median(sink), bareRowsPerSecond: median(bare) })
  })
}

async function throughSink(engine: EmbeddedClickHouse, database: string, batches: readonly Batch[]): Promise<void> {
  const warehouse = openWarehouse({ connection: engine.connection, database })
  const sink = storeEvents(warehouse)
  for (const batch of batches) await sink.store(batch)
  await warehouse.close()
}

async function throughClient(engine: EmbeddedClickHouse, database: string, all: readonly Inserts[]): Promise<void> {
  const client = createClient({ connection: engine.connection(database), database })
  for (const inserts of all) {
    const format = 'JSONEachRow'
    await Promise.all(inserts.map(({ table, rows }) => client.insert({ table, values: rows, format })))
  }
  await client.close()
}

function batchesOf(events: readonly LogEvent[]): Batch[] {
  const records = events.map(({ topic, value }, index) => {
    const place = { topic: topic.name, partition: index % PARTITIONS, offset: Math.floor(index / PARTITIONS) }
    return { ...place, receivedAt: START_AT, event: topic.event, value } as BehaviorRecord
  })
  const batches: Batch[] = []
  for (let start = 0; start < records.length; start += BATCH) batches.push(records.slice(start, start + BATCH))
  return batches
}

function insertsOf(batch: Batch): Inserts {
  const rows = new Map<string, Row[]>()
  for (const record of batch) {
    const { table, rows: rowsOf } = tables[record.event]
    const found = rows.get(table) ?? []
    rows.set(table, found)
    found.push(...rowsOf(record.value, record))
  }
  return [...rows].map(([table, of]) => ({ table, rows: of }))
}

async function createTables({ connection }: EmbeddedClickHouse, database: string): Promise<void> {
  await ensureDatabase({ connection, database })
  const warehouse = openWarehouse({ connection, database })
  await migrate(warehouse)
  await warehouse.close()
}

/** Both ways must have stored everything. */
async function sameCount(engine: EmbeddedClickHouse, databases: readonly string[], total: number): Promise<void> {
  for (const database of databases) {
    const warehouse = openWarehouse({ connection: engine.connection, database })
    const counts = ['raw_impressions', 'raw_clicks', 'raw_watches'].map((table) => `(SELECT count() FROM ${table})`)
    const [found] = await warehouse.rows<{ rows: number }>(`SELECT ${counts.join(' + ')} AS rows`)
    await warehouse.close()
    if (found?.rows !== total) throw new Error(`${database} holds ${found?.rows ?? 0} rows, not ${total}`)
  }
}

async function withEngine<Answer>(use: (engine: EmbeddedClickHouse) => Promise<Answer>): Promise<Answer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'kinora-bench-'))
  try {
    const engine = await startEmbeddedClickHouse({ dataDir, logger: pino({ level: 'silent' }) })
    try {
      return await unlessInterrupted(use(engine))
    } finally {
      await engine.stop()
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

function print(measured: Omit<SinkReport, 'sinkOverBare'>): SinkReport {
  const report = { ...measured, sinkOverBare: measured.sinkRowsPerSecond / measured.bareRowsPerSecond }
  printTable(
    ['rows', 'sink rows/s', 'bare insert rows/s', 'sink / bare'],
    [
      [
        ...[count(report.rows), count(report.sinkRowsPerSecond), count(report.bareRowsPerSecond)],
        report.sinkOverBare.toFixed(2),
      ],
    ],
  )
  return report
}
