import { RecordError } from '../../errors/errors.js'
import type { Warehouse } from '../../stores/clickhouse/warehouse.js'
import { tables, type Row, type StoredEvent } from './rows.js'
import type { DeadRecord, Provenance, SinkRecord, Store } from './sink.js'

/** One insert holds at most this many rows (and one record more): a batch of closed requests can be large. */
const INSERT_ROWS = 10_000

interface Entry<Name extends StoredEvent> {
  readonly record: SinkRecord<Name>
  readonly rows: readonly Row[]
}

/**
 * Records → rows in their tables, one insert per table and batch.
 *
 * When the engine refuses an insert as bad data, it is cut in halves until the guilty record is alone; that one is
 * handed back as dead and the rest is stored. Any other error is thrown: every row can be written again.
 */
export function insertRows<Name extends StoredEvent>(warehouse: Pick<Warehouse, 'insert'>): Store<Name> {
  return async (records) => {
    const inserts = [...byTable(records)].flatMap(([table, entries]) =>
      chunks(entries).map((chunk) => ({ table, chunk })),
    )
    const dead = await Promise.all(inserts.map(({ table, chunk }) => insert(warehouse, table, chunk)))
    return { dead: dead.flat() }
  }
}

function byTable<Name extends StoredEvent>(records: readonly SinkRecord<Name>[]): Map<string, Entry<Name>[]> {
  const found = new Map<string, Entry<Name>[]>()
  for (const record of records) {
    const { table } = tables[record.event]
    const entries = found.get(table)
    const entry = { record, rows: rowsOf(record) }
    if (entries) entries.push(entry)
    else found.set(table, [entry])
  }
  return found
}

/** TypeScript cannot follow that the event picks the rule and the value alike. */
const rowsOf = <Name extends StoredEvent>(record: SinkRecord<Name>): Row[] =>
  (tables[record.event].rows as (value: unknown, origin: Provenance) => Row[])(record.value, record)

function chunks<Name extends StoredEvent>(entries: readonly Entry<Name>[]): Entry<Name>[][] {
  const found: Entry<Name>[][] = []
  let room = 0
  for (const entry of entries) {
    if (room <= 0) {
      found.push([])
      room = INSERT_ROWS
    }
    found.at(-1)!.push(entry)
    room -= entry.rows.length
  }
  return found
}

async function insert<Name extends StoredEvent>(
  warehouse: Pick<Warehouse, 'insert'>,
  table: string,
  entries: readonly Entry<Name>[],
): Promise<DeadRecord<Name>[]> {
  const rows = entries.flatMap((entry) => entry.rows)
  if (rows.length === 0) return []
  try {
    await warehouse.insert(table, rows)
    return []
  } catch (error) {
    if (!(error instanceof RecordError)) throw error
    if (entries.length === 1) return [{ record: entries[0]!.record, code: error.code, reason: error.message }]
    const middle = entries.length >> 1
    const first = await insert(warehouse, table, entries.slice(0, middle))
    return [...first, ...(await insert(warehouse, table, entries.slice(middle)))]
  }
}
