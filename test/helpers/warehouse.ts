import { randomUUID } from 'node:crypto'
import { createChdbConnection } from 'chdb/connection'
import { migrate } from '../../stores/clickhouse/migrate.js'
import { openWarehouse, type Connection, type Warehouse } from '../../stores/clickhouse/warehouse.js'

/** A database of its own in an embedded engine that forgets everything when it is closed. */
export async function openEmptyWarehouse(): Promise<Warehouse> {
  const database = `test_${randomUUID().replaceAll('-', '')}`
  const connection = () => createChdbConnection({ path: ':memory:' }) as unknown as Connection
  const warehouse = openWarehouse({ connection, database })
  await warehouse.command(`CREATE DATABASE ${database}`)
  await warehouse.command(`USE ${database}`)
  return warehouse
}

/** The same, with all tables and views. */
export async function openTestWarehouse(): Promise<Warehouse> {
  const warehouse = await openEmptyWarehouse()
  await migrate(warehouse)
  return warehouse
}
