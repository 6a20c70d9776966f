/** The only way code talks to ClickHouse, whether a server, a cluster or the engine in this process. */
import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  ClickHouseLogLevel,
  createClient,
  parseError,
  type ClickHouseClient,
  type ClickHouseClientConfigOptions,
} from '@clickhouse/client'
import { translate } from './clickhouse-errors.js'
import { parseRow } from './json-rows.js'
import { sqlName } from './sql-string.js'

export interface Warehouse {
  /** Unqualified table names in every statement resolve to it. */
  readonly database: string
  /** DDL, INSERT … SELECT and all else that returns no rows. */
  command(sql: string): Promise<void>
  /**
   * Adds all rows or, as far as one insert is one block (a million rows), none. No rows: nothing happens.
   * @throws RecordError CLICKHOUSE_REJECTED when a row does not fit the table
   */
  insert(table: string, rows: readonly object[]): Promise<void>
  /** The rows of a small result. 64-bit integers are numbers when exact, else strings. */
  rows<Row>(sql: string): Promise<Row[]>
  /** The rows of a result of any size, as lines of JSON; stopping early ends the query. */
  stream(sql: string): AsyncIterable<string>
  /** Writes a result of any size to a file, which appears complete or not at all. */
  toFile(sql: string, path: string, format: 'Parquet' | 'JSONEachRow'): Promise<void>
  close(): Promise<void>
}

/** A connection of `@clickhouse/client` that is not HTTP: the engine in this process. */
export type Connection = NonNullable<ClickHouseClientConfigOptions['connection']>

export interface ServerOptions {
  /** `http://` or `https://`; may carry user and password. */
  readonly url: string
  readonly user?: string
  readonly password?: string
  readonly database: string
}

export interface EmbeddedOptions {
  readonly connection: (database: string) => Connection
  readonly database: string
}

export type WarehouseOptions = ServerOptions | EmbeddedOptions

/**
 * Does not connect yet: the first statement does. Every method throws
 * TransientError CLICKHOUSE_UNAVAILABLE when nobody answers or a later try may succeed, and
 * FatalError CLICKHOUSE_REJECTED when the statement is refused.
 */
export function openWarehouse(options: WarehouseOptions): Warehouse {
  return new ClickHouseWarehouse(createClient(clientOptions(options, options.database)), options.database)
}

/** Creates the database if it is missing; a statement on a database that does not exist fails, this one included. */
export async function ensureDatabase(options: WarehouseOptions): Promise<void> {
  const warehouse = new ClickHouseWarehouse(createClient(clientOptions(options, 'default')), 'default')
  try {
    await warehouse.command(`CREATE DATABASE IF NOT EXISTS ${sqlName(options.database)}`)
  } finally {
    await warehouse.close()
  }
}

/** A relabelling of months of data is one statement. */
const REQUEST_TIMEOUT_MS = 30 * 60_000

function clientOptions(options: WarehouseOptions, database: string): ClickHouseClientConfigOptions {
  const shared: ClickHouseClientConfigOptions = {
    database,
    request_timeout: REQUEST_TIMEOUT_MS,
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: {
      output_format_json_quote_64bit_integers: 0,
      output_format_json_quote_denormals: 0,
      input_format_skip_unknown_fields: 0, // a misspelled column is an error, not a lost value
      precise_float_parsing: 1, // a completion is to be the same double that was sent
      async_insert: 0, // batches are large already, and each is one block
      session_timezone: 'UTC',
    },
  }
  if ('connection' in options) return { ...shared, connection: options.connection(database) }
  return {
    ...shared,
    url: withoutPath(options.url),
    ...(options.user === undefined ? {} : { username: options.user }),
    ...(options.password === undefined ? {} : { password: options.password }),
  }
}

/** The client takes a path in the URL for a database, which would win over ours. */
function withoutPath(url: string): URL {
  const bare = new URL(url)
  bare.pathname = '/'
  return bare
}

class ClickHouseWarehouse implements Warehouse {
  readonly #client: ClickHouseClient

  constructor(
    client: ClickHouseClient,
    readonly database: string,
  ) {
    this.#client = client
  }

  async command(sql: string): Promise<void> {
    await this.#trying(sql, () => this.#client.command({ query: sql }))
  }

  async insert(table: string, rows: readonly object[]): Promise<void> {
    if (rows.length === 0) return
    await this.#trying(`insert into ${table}`, () =>
      this.#client.insert({ table, values: rows, format: 'JSONEachRow' }),
    )
  }

  async rows<Row>(sql: string): Promise<Row[]> {
    return this.#trying(sql, async () => {
      const text = await textOf(await this.#result(sql, 'JSONEachRow'))
      return text.split('\n').flatMap((line) => (line === '' ? [] : [parseRow(line) as Row]))
    })
  }

  async *stream(sql: string): AsyncIterable<string> {
    try {
      const result = await this.#client.query({ query: sql, format: 'JSONEachRow' })
      for await (const batch of result.stream()) {
        for (const { text } of batch) {
          // Servers before 25.11 write an error that comes in the middle of a result where the next row would be.
          if (!text.startsWith('{')) throw parseError(text)
          yield text
        }
      }
    } catch (error) {
      throw translate(error, brief(sql))
    }
  }

  async toFile(sql: string, path: string, format: 'Parquet' | 'JSONEachRow'): Promise<void> {
    const draft = `${path}.${randomUUID()}.draft`
    try {
      await this.#trying(sql, async () => pipeline(await this.#result(sql, format), createWriteStream(draft)))
      await rename(draft, path)
    } finally {
      await rm(draft, { force: true })
    }
  }

  async close(): Promise<void> {
    await this.#client.close()
  }

  /** The server holds the result back until it is whole, so that an error is an error and not a broken tail. */
  async #result(sql: string, format: string): Promise<Readable> {
    const query = `${sql.replace(/[\s;]+$/, '')}\nFORMAT ${format}`
    return (await this.#client.exec({ query, clickhouse_settings: { wait_end_of_query: 1 } })).stream
  }

  async #trying<Result>(doing: string, action: () => Promise<Result>): Promise<Result> {
    try {
      return await action()
    } catch (error) {
      throw isFileError(error) ? error : translate(error, brief(doing))
    }
  }
}

/** Of the file we write to, not of the connection: ClickHouse is not to blame. */
const isFileError = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT', 'ENOENT', 'EACCES', 'EISDIR', 'ENOTDIR', 'EROFS', 'EMFILE'].includes(
    (error as NodeJS.ErrnoException).code ?? '',
  )

const brief = (sql: string): string => {
  const line = sql.replace(/\s+/g, ' ').trim()
  return line.length > 120 ? `${line.slice(0, 119)}…` : line
}

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
