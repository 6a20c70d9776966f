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
  const { connection, stop } = await startEmbeddedClickHouse({ dataDir, logger: pino({ level: 'silent' }) })
  const options = { connection, database: `test_${randomUUID().replaceAll('-', '')}` }
  await ensureDatabase(options)
  const warehouse = openWarehouse(options)
  const close = warehouse.close.bind(warehouse)
  return Object.assign(warehouse, {
    close: async () => {
      await close()
      await stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  })
}

/** The same, with all tables and views. */
export async function openTestWarehouse(): Promise<Warehouse> {
  const warehouse = await openEmptyWarehouse()
  await migrate(warehouse)
  return warehouse
}
