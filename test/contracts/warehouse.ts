import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { createClient } from '@clickhouse/client'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { FatalError, RecordError, TransientError } from '../../errors/errors.js'
import { sqlString } from '../../stores/clickhouse/sql-string.js'
import {
  ensureDatabase,
  openWarehouse,
  type EmbeddedOptions,
  type ServerOptions,
  type Warehouse,
  type WarehouseOptions,
} from '../../stores/clickhouse/warehouse.js'

type Target = Omit<ServerOptions, 'database'> | Omit<EmbeddedOptions, 'database'>

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** What is held, garbage apart: without the engine, whose own working memory does not grow with the result. */
const memoryOfNode = (): number => {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** What every warehouse promises, whatever engine is behind it. */
export function warehouseContract(
  name: string,
  connect: () => Promise<{ target: Target; close: () => Promise<void> }>,
) {
  describe(`warehouse on ${name}`, () => {
    const database = `kinora_test_${randomUUID().slice(0, 8)}`
    let warehouse: Warehouse
    let options: WarehouseOptions
    let close: () => Promise<void>
    let folder: string

    beforeAll(async () => {
      const connected = await connect()
      close = connected.close
      options = { ...connected.target, database }
      folder = await mkdtemp(join(tmpdir(), 'kinora-warehouse-'))
      await ensureDatabase(options)
      warehouse = openWarehouse(options)
    })

    afterAll(async () => {
      await warehouse.command(`DROP DATABASE IF EXISTS ${database}`)
      await warehouse.close()
      await close()
      await rm(folder, { recursive: true, force: true })
    })

    const emptyTable = async (columns: string): Promise<string> => {
      const table = `t_${randomUUID().replaceAll('-', '')}`
      await warehouse.command(`CREATE TABLE ${table} (${columns}) ENGINE = MergeTree ORDER BY tuple()`)
      return table
    }

    const linesOf = async (sql: string): Promise<string[]> => {
      const lines: string[] = []
      for await (const line of warehouse.stream(sql)) lines.push(line)
      return lines
    }

    describe('names and databases', () => {
      it('resolves unqualified names to its own database', async () => {
        const table = await emptyTable('a UInt8')
        expect(await warehouse.rows('SELECT currentDatabase() AS database')).toEqual([{ database }])
        const found = `SELECT database FROM system.tables WHERE name = ${sqlString(table)}`
        expect(await warehouse.rows(found)).toEqual([{ database }])
      })

      it('can make sure of its database again and again', async () => {
        await ensureDatabase(options)
        await ensureDatabase(options)
      })

      it('says that a database is missing instead of using another one', async () => {
        const lost = openWarehouse({ ...options, database: 'kinora_test_missing' })
        await expect(lost.rows('SELECT 1')).rejects.toThrow(/kinora_test_missing/)
        await lost.close()
      })

      it('keeps a setting of one statement away from the next', async () => {
        const setting = `SELECT getSetting('max_result_rows') AS rows`
        expect(await warehouse.rows(`${setting} SETTINGS max_result_rows = 7`)).toEqual([{ rows: 7 }])
        expect(await warehouse.rows(setting)).toEqual([{ rows: 0 }])
      })
    })

    describe('insert and rows', () => {
      it('gives back what was inserted, to the last character', async () => {
        const table = await emptyTable('a UInt32, text String, maybe Nullable(Float64), list Array(String)')
        const rows = [
          { a: 1, text: `it's "quoted" \\ \n\t\r \u0000 end`, maybe: null, list: [] },
          { a: 2, text: '你好，世界 🎬 é e\u0301 \u2028', maybe: 0.1, list: ['', `'`, '标签'] },
          { a: 3, text: '', maybe: -1e300, list: ['x'] },
        ]
        await warehouse.insert(table, rows)
        expect(await warehouse.rows(`SELECT * FROM ${table} ORDER BY a`)).toEqual(rows)
      })

      it('stores times given as epoch milliseconds exactly', async () => {
        const table = await emptyTable(`at DateTime64(3, 'UTC')`)
        await warehouse.insert(table, [{ at: 1_700_000_000_123 }, { at: 7 }])
        const printed = `SELECT toUnixTimestamp64Milli(at) AS at FROM ${table} ORDER BY at`
        expect(await warehouse.rows(printed)).toEqual([{ at: 7 }, { at: 1_700_000_000_123 }])
      })

      it('prints and reads times in UTC, wherever the machine is', async () => {
        const table = await emptyTable('at DateTime, day Date DEFAULT toDate(at)')
        await warehouse.insert(table, [{ at: '1970-01-02 00:00:00' }])
        const rows = await warehouse.rows(`SELECT toString(at) AS at, toUnixTimestamp(at) AS epoch, day FROM ${table}`)
        expect(rows).toEqual([{ at: '1970-01-02 00:00:00', epoch: 86_400, day: '1970-01-02' }])
      })

      it('fills columns that a row leaves out with their defaults', async () => {
        const table = await emptyTable('a UInt32, b UInt32 DEFAULT a + 1, c UInt32 MATERIALIZED a * 2')
        await warehouse.insert(table, [{ a: 1 }, { a: 5, b: 0 }])
        expect(await warehouse.rows(`SELECT a, b, c FROM ${table} ORDER BY a`)).toEqual([
          { a: 1, b: 2, c: 2 },
          { a: 5, b: 0, c: 10 },
        ])
      })

      it('does nothing for no rows', async () => {
        await warehouse.insert('a_table_that_is_missing', [])
      })

      it('gives no rows for an empty result', async () => {
        expect(await warehouse.rows('SELECT 1 AS one WHERE 0')).toEqual([])
        expect(await linesOf('SELECT 1 AS one WHERE 0')).toEqual([])
      })

      it('takes statements that end in a semicolon or a comment', async () => {
        expect(await warehouse.rows('SELECT 1 AS one;\n')).toEqual([{ one: 1 }])
        expect(await warehouse.rows('SELECT 1 AS one -- FORMAT CSV; SELECT 2')).toEqual([{ one: 1 }])
      })

      it('reads columns that are called like a clause', async () => {
        const table = await emptyTable('format String, settings UInt8')
        await warehouse.insert(table, [{ format: 'b', settings: 1 }])
        await warehouse.insert(table, [{ format: 'a', settings: 2 }])
        expect(await warehouse.rows(`SELECT settings, format FROM ${table} ORDER BY format DESC`)).toEqual([
          { settings: 1, format: 'b' },
          { settings: 2, format: 'a' },
        ])
      })

      it('runs many statements at once', async () => {
        const table = await emptyTable('a UInt32')
        await Promise.all(Array.from({ length: 20 }, (_, a) => warehouse.insert(table, [{ a }])))
        const counts = await Promise.all(
          Array.from({ length: 20 }, () => warehouse.rows(`SELECT count() AS n, sum(a) AS sum FROM ${table}`)),
        )
        expect(counts).toEqual(Array.from({ length: 20 }, () => [{ n: 20, sum: 190 }]))
      })
    })

    describe('64-bit integers', () => {
      it('are numbers when a number holds them exactly, else strings', async () => {
        const sql = `SELECT toInt64('9007199254740991') AS safe, toInt64('-9007199254740993') AS low,
          toUInt64('18446744073709551615') AS high, [toUInt64(1), toUInt64('9007199254740993')] AS list,
          '9007199254740993' AS text, 'a "9007199254740993" b' AS quoted, -0.12345678901234568 AS float`
        expect(await warehouse.rows(sql)).toEqual([
          {
            safe: 9_007_199_254_740_991,
            low: '-9007199254740993',
            high: '18446744073709551615',
            list: [1, '9007199254740993'],
            text: '9007199254740993',
            quoted: 'a "9007199254740993" b',
            float: -0.12345678901234568,
          },
        ])
      })

      it('arrive exactly', async () => {
        const table = await emptyTable('a Int64, b UInt64')
        await warehouse.insert(table, [{ a: '-9223372036854775808', b: '18446744073709551615' }])
        await warehouse.insert(table, [{ a: 12, b: 9_007_199_254_740_991 }])
        const texts = await warehouse.rows(
          `SELECT toString(a) AS a, toString(b) AS b FROM ${table} ORDER BY table.a`.replace('table.', `${table}.`),
        )
        expect(texts).toEqual([
          { a: '-9223372036854775808', b: '18446744073709551615' },
          { a: '12', b: '9007199254740991' },
        ])
      })
    })

    describe('refusals', () => {
      const statements: [string, string, RegExp][] = [
        ['a table that is missing', 'SELECT * FROM table_that_is_missing', /table_that_is_missing/],
        ['a column that is missing', 'SELECT nope FROM system.one', /nope/],
        ['a text that is no SQL', 'SELEC 1', /Syntax error/],
        ['a second statement', 'SELECT 1; DROP DATABASE default', /Multi-statements|Syntax error/],
        ['an error in the middle of the rows', 'SELECT throwIf(number = 3000000) FROM numbers(4000000)', /throwIf/],
      ]

      it.each(statements)('%s is fatal, with the engine’s own text', async (_, sql, text) => {
        for (const run of [() => warehouse.command(sql), () => warehouse.rows(sql), () => linesOf(sql)]) {
          const error: unknown = await run().catch((thrown: unknown) => thrown)
          expect(error).toBeInstanceOf(FatalError)
          expect(error).toMatchObject({ code: 'CLICKHOUSE_REJECTED', message: expect.stringMatching(text) })
        }
      })

      it('tells a bad row from a bad table', async () => {
        const table = await emptyTable('a UInt32')
        const insert = (row: object) => warehouse.insert(table, [{ a: 1 }, row]).catch((error: unknown) => error)
        expect(await insert({ a: 'x' })).toBeInstanceOf(RecordError)
        expect(await insert({ b: 1 })).toBeInstanceOf(FatalError)
        expect(await warehouse.insert('missing', [{ a: 1 }]).catch((error: unknown) => error)).toBeInstanceOf(
          FatalError,
        )
        expect(await warehouse.rows(`SELECT count() AS n FROM ${table}`)).toEqual([{ n: 0 }])
      })

      it('are transient when a later try may succeed', async () => {
        const greedy = 'SELECT groupArray(number) FROM numbers(10000000) SETTINGS max_memory_usage = 1000000'
        const error: unknown = await warehouse.rows(greedy).catch((thrown: unknown) => thrown)
        expect(error).toBeInstanceOf(TransientError)
        expect(error).toMatchObject({ code: 'CLICKHOUSE_UNAVAILABLE', retriable: true })
      })

      it('leave the warehouse in working order', async () => {
        await expect(warehouse.rows('SELECT * FROM table_that_is_missing')).rejects.toThrow()
        expect(await warehouse.rows('SELECT 1 AS one')).toEqual([{ one: 1 }])
      })
    })

    describe('stream', () => {
      it('gives the rows in order, as lines of JSON', async () => {
        const lines = await linesOf(`SELECT number AS n, 'é' AS text FROM numbers(3)`)
        expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([0, 1, 2].map((n) => ({ n, text: 'é' })))
      })

      it('reads a large result in little memory', async () => {
        const rows = 400_000
        let count = 0
        let bytes = 0
        let peak = 0
        const before = memoryOfNode()
        for await (const line of warehouse.stream(
          `SELECT number AS n, repeat('x', 500) AS text FROM numbers(${rows})`,
        )) {
          count += 1
          bytes += line.length
          if (count % 50_000 === 0) peak = Math.max(peak, memoryOfNode() - before)
        }
        expect(count).toBe(rows)
        expect(bytes).toBeGreaterThan(200e6)
        expect(peak).toBeLessThan(80e6)
      })

      it('stops when its reader does', async () => {
        for await (const line of warehouse.stream('SELECT number AS n FROM numbers(1000000)')) {
          expect(line).toBe('{"n":0}')
          break
        }
        expect(await warehouse.rows('SELECT 1 AS one')).toEqual([{ one: 1 }])
      })

      it('lets its reader run other statements meanwhile', async () => {
        const sums: number[] = []
        for await (const line of warehouse.stream('SELECT number AS n FROM numbers(5)')) {
          const { n } = JSON.parse(line) as { n: number }
          const inner = await Promise.all(
            [1, 2, 3, 4].map((m) => warehouse.rows<{ s: number }>(`SELECT ${n} + ${m} AS s`)),
          )
          sums.push(inner.flat().reduce((total, row) => total + row.s, 0))
        }
        expect(sums).toEqual([10, 14, 18, 22, 26])
      })
    })

    describe('toFile', () => {
      it('writes Parquet that reads back as the same rows', async () => {
        const table = await emptyTable('n UInt64, text String')
        await warehouse.command(
          `INSERT INTO ${table} SELECT number, concat('第', toString(number)) FROM numbers(100000)`,
        )
        const file = join(folder, 'rows.parquet')
        await warehouse.toFile(`SELECT * FROM ${table}`, file, 'Parquet')
        const bytes = await readFile(file)
        expect([bytes.subarray(0, 4).toString(), bytes.subarray(-4).toString()]).toEqual(['PAR1', 'PAR1'])
        const copy = await emptyTable('n UInt64, text String')
        await insertParquet(copy, bytes)
        const both = `SELECT count(), sum(n), sum(cityHash64(text)), groupBitXor(cityHash64(n, text)) FROM`
        expect(await warehouse.rows(`${both} ${copy}`)).toEqual(await warehouse.rows(`${both} ${table}`))
      })

      it('writes lines of JSON', async () => {
        const file = join(folder, 'rows.jsonl')
        await warehouse.toFile('SELECT number AS n FROM numbers(3)', file, 'JSONEachRow')
        expect(await readFile(file, 'utf8')).toBe('{"n":0}\n{"n":1}\n{"n":2}\n')
      })

      it('writes a valid file for no rows, and replaces the one before', async () => {
        const file = join(folder, 'again.parquet')
        await warehouse.toFile('SELECT number AS n FROM numbers(3)', file, 'Parquet')
        await warehouse.toFile('SELECT number AS n FROM numbers(3) WHERE 0', file, 'Parquet')
        const copy = await emptyTable('n UInt64')
        await insertParquet(copy, await readFile(file))
        expect(await warehouse.rows(`SELECT count() AS n FROM ${copy}`)).toEqual([{ n: 0 }])
      })

      it('leaves no file behind when the query fails', async () => {
        const failing = 'SELECT throwIf(number = 3000000) FROM numbers(4000000)'
        const before = await readdir(folder)
        await expect(warehouse.toFile(failing, join(folder, 'x.parquet'), 'Parquet')).rejects.toThrow(FatalError)
        expect(await readdir(folder)).toEqual(before)
      })

      it('says what is wrong with the path', async () => {
        const nowhere = join(folder, 'missing', 'rows.jsonl')
        await expect(warehouse.toFile('SELECT 1', nowhere, 'JSONEachRow')).rejects.toMatchObject({ code: 'ENOENT' })
      })
    })

    /** Through the client itself: the warehouse has no need of binary inserts. */
    async function insertParquet(table: string, bytes: Buffer): Promise<void> {
      const client = createClient(
        'connection' in options ? { connection: options.connection(database) } : { url: options.url, database },
      )
      const values = Readable.from([bytes])
      await buffer((await client.exec({ query: `INSERT INTO ${table} FORMAT Parquet`, values })).stream)
      await client.close()
    }
  })
}
