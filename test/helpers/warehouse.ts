import { randomUUID } from 'node:crypto'
import { migrate } from '../../stores/clickhouse/migrate.js'
import { sqlName } from '../../stores/clickhouse/sql-string.js'
import { ensureDatabase, openWarehouse, type Warehouse } from '../../stores/clickhouse/warehouse.js'
import { startTestStack } from './stack.js'

/** A database of its own, which is dropped when it is closed. */
export async function openEmptyWarehouse(): Promise<Warehouse> {
  const { clickhouseUrl: url } = await startTestStack({ clickhouse: true })
  const options = { url, database: `test_${randomUUID().replaceAll('-', '')}` }
  await ensureDatabase(options)
  const warehouse = openWarehouse(options)
  const closeClient = warehouse.close.bind(warehouse)
  const close = async (): Promise<void> => {
    await warehouse.command(`DROP DATABASE ${sqlName(options.database)}`)
    await closeClient()
  }
  return Object.assign(warehouse, { close })
}

/** The same, with all tables and views. */
export async function openTestWarehouse(): Promise<Warehouse> {
  const warehouse = await openEmptyWarehouse()
  await migrate(warehouse)
  return warehouse
}
