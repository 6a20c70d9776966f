import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../config/package-root.js'
import { FatalError } from '../../errors/errors.js'
import { sqlString } from './sql-string.js'
import type { Warehouse } from './warehouse.js'

/** One file of schemas/clickhouse: a single statement that can be run again. */
interface SchemaFile {
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

/** Where the tables and views that Kinora needs are defined. */
export const clickhouseSchemas = (): string => join(packageRoot(), 'schemas', 'clickhouse')

/**
 * Brings a database up to the files of a folder, in the order of their names, and returns those that were new to it.
 * The database must exist (ensureDatabase). Several processes may do this at once: every file can be run again.
 *
 * Throws FatalError SCHEMA_EDITED when a file that was applied before has changed since: tables in production would
 * silently differ from it. A change goes into a new file.
 */
export async function migrate(
  warehouse: Pick<Warehouse, 'command' | 'insert' | 'rows' | 'database'>,
  folder = clickhouseSchemas(),
): Promise<string[]> {
  await warehouse.command(versionsTable)
  const applied = await warehouse.rows<{ file: string; checksum: string }>(
    'SELECT file, checksum FROM schema_versions FINAL',
  )
  const known = new Map(applied.map(({ file, checksum }) => [file, checksum]))
  const fresh: string[] = []
  for (const file of schemaFiles(folder)) {
    const before = known.get(file.name)
    if (before === file.checksum) continue
    if (before !== undefined) throw edited(file.name, warehouse.database)
    await warehouse.command(file.sql)
    await warehouse.insert('schema_versions', [{ file: file.name, checksum: file.checksum }])
    fresh.push(file.name)
  }
  return fresh
}

const versionsTable = `
CREATE TABLE IF NOT EXISTS schema_versions (
  file String,
  checksum String,
  applied_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(applied_at)
ORDER BY file
COMMENT ${sqlString('The files of schemas/clickhouse that this database has, with their SHA-256.')}`

const schemaFiles = (folder: string): SchemaFile[] =>
  readdirSync(folder)
    .filter((name) => /^\d{3}_\w+\.sql$/.test(name))
    .sort()
    .map((name) => {
      const sql = readFileSync(join(folder, name), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    })

const edited = (file: string, database: string): FatalError =>
  new FatalError(
    'SCHEMA_EDITED',
    `${file} has changed since it was applied to database ${database}; restore it, and put the change into a new file`,
  )
