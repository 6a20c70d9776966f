import { cp, mkdtemp, appendFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { newestSchemas } from '../../../../schemas/versions.js'
import { clickhouseSchemas, migrate } from '../../../../stores/clickhouse/migrate.js'
import type { Warehouse } from '../../../../stores/clickhouse/warehouse.js'
import { tables, type StoredEvent } from '../../../../streams/sinks/rows.js'
import { openEmptyWarehouse } from '../../../helpers/warehouse.js'

describe('migrate: schemas/clickhouse → a database', () => {
  let warehouse: Warehouse
  beforeAll(async () => {
    warehouse = await openEmptyWarehouse()
  })
  afterAll(() => warehouse.close())

  it('applies every file once, in order, and then finds nothing to do', async () => {
    const applied = await migrate(warehouse)
    expect(applied.length).toBeGreaterThan(15)
    expect(applied).toEqual([...applied].sort())
    expect(await migrate(warehouse)).toEqual([])
  })

  it('can run every file again, after a process died before it could write down what it had applied', async () => {
    await warehouse.command('TRUNCATE TABLE schema_versions')
    expect((await migrate(warehouse)).length).toBeGreaterThan(15)
  })

  it('refuses a file that changed after it was applied, and names it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kinora-schemas-'))
    try {
      await cp(clickhouseSchemas(), folder, { recursive: true })
      await appendFile(join(folder, '012_outcomes.sql'), '-- edited\n')
      await expect(migrate(warehouse, folder)).rejects.toMatchObject({
        code: 'SCHEMA_EDITED',
        message: expect.stringMatching('012_outcomes.sql'),
      })
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('has a column for every field of every event that it keeps', async () => {
    const renamed: Record<string, string[]> = {
      // One row per entry of a list.
      RequestClosed: ['outcomes'],
      RecordsUnused: ['entries'],
      // Bytes are kept in base64.
      DeadLettered: ['key', 'value'],
    }
    for (const event of Object.keys(tables) as StoredEvent[]) {
      const columns = await warehouse.rows<{ name: string }>(
        `SELECT name FROM system.columns WHERE database = currentDatabase() AND table = '${tables[event].table}'`,
      )
      const fields = newest(event).filter((field) => !renamed[event]?.includes(field))
      expect(columns.map(({ name }) => name)).toEqual(expect.arrayContaining(fields))
    }
  })
})

const newest = (event: StoredEvent): string[] => {
  const { type } = newestSchemas().get(event)!
  return (type.schema() as { fields: { name: string }[] }).fields.map(({ name }) => name)
}
