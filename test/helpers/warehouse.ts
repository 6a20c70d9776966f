import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { startEmbeddedClickHouse } from '../../stores/clickhouse/embedded.js'
import { migrate } from '../../stores/clickhouse/migrate.js'
import { ensureDatabase, openWarehouse, type Warehouse } from '../../stores/clickhouse/warehouse.js'

/** A database of its own in an embedded engine, both gone when it is closed; one at a time in a process. */
export async function openEmptyWarehouse(): Promise<Warehouse> {
  const dataDir = await mkdtemp(join(tmpdir(), 'kinora-clickhouse-'))
  const clickhouse = await startEmbeddedClickHouse({ dataDir, logger: pino({ level: 'silent' }) })
  const options = { connection: clickhouse.connection, database: `test_${randomUUID().replaceAll('-', '')}` }
  await ensureDatabase(options)
  const close = async (): Promise<void> => {
    await clickhouse.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
  return Object.assign(openWarehouse(options), { close })
}

/** The same, with all tables and views. */
export async function openTestWarehouse(): Promise<Warehouse> {
  const warehouse = await openEmptyWarehouse()
  await migrate(warehouse)
  return warehouse
}
