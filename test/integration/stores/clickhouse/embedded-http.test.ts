import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { pino } from 'pino'
import { startEmbeddedClickHouse, type EmbeddedClickHouse } from '../../../../stores/clickhouse/embedded.js'
import { ownProcess } from '../../../helpers/own-process.js'
import { runTypeScript } from '../../../helpers/run-typescript.js'
import { until } from '../../../helpers/until.js'

const logger = pino({ level: 'silent' })
let folder: string
let engine: EmbeddedClickHouse
let client: ClickHouseClient

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinora-http-'))
  engine = await startEmbeddedClickHouse({ dataDir: folder, logger })
  client = createClient({
    url: engine.url,
    log: { level: ClickHouseLogLevel.OFF },
    compression: { request: true, response: true },
  })
  await client.command({ query: 'CREATE TABLE t (a UInt32, text String) ENGINE = MergeTree ORDER BY a' })
})

afterAll(async () => {
  await client.close()
  await engine.stop()
  await rm(folder, { recursive: true, force: true })
})

const rowsOf = async (query: string, more: object = {}): Promise<unknown> =>
  (await client.query({ query, format: 'JSONEachRow', ...more })).json()

interface Answer {
  readonly status: number
  readonly code: string | null
  readonly text: string
}

async function ask(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(new URL(path, engine.url), init)
  return {
    status: response.status,
    code: response.headers.get('x-clickhouse-exception-code'),
    text: await response.text(),
  }
}
const post = (path: string, body: string | Uint8Array<ArrayBuffer>) => ask(path, { method: 'POST', body })

describe('an ordinary client', () => {
  it('pings in both ways', async () => {
    expect(await client.ping()).toEqual({ success: true })
    expect(await client.ping({ select: true })).toEqual({ success: true })
  })

  it('binds parameters of every kind, and none of them stays behind', async () => {
    const query = 'SELECT {s:String} AS s, {n:UInt32} + 1 AS n, {l:Array(String)} AS l, {x:Nullable(String)} AS x'
    const params = { s: `it's \\ \t\n {n:UInt32} 你好`, n: 41, l: ['a', `b'c`], x: null }
    expect(await rowsOf(query, { query_params: params })).toEqual([{ s: params.s, n: 42, l: params.l, x: null }])
    await expect(rowsOf('SELECT {s:String} AS s')).rejects.toMatchObject({ code: '456' })
  })

  it('sends settings that hold for one query only', async () => {
    const query = `SELECT getSetting('max_threads') AS threads, getSetting('max_result_rows') AS rows`
    const settings = { max_threads: 1, max_result_rows: '5' }
    expect(await rowsOf(query, { clickhouse_settings: settings })).toEqual([{ threads: 1, rows: 5 }])
    await Promise.all(
      [1, 2, 3, 4, 5, 6].map(async () =>
        expect(await rowsOf(query)).toEqual([{ threads: expect.any(Number), rows: 0 }]),
      ),
    )
  })

  it('reads a document in the JSON format with its types', async () => {
    const document = await (await client.query({ query: 'SELECT 1 AS one', format: 'JSON' })).json()
    expect(document).toMatchObject({ meta: [{ name: 'one', type: 'UInt8' }], data: [{ one: 1 }], rows: 1 })
  })

  it('reads every text format as a server writes it', async () => {
    const textOf = async (format: 'CSV' | 'CSVWithNames' | 'TabSeparatedWithNamesAndTypes' | 'JSONCompactEachRow') =>
      (await client.query({ query: `SELECT number AS n, 'é' AS t FROM numbers(2)`, format })).text()
    expect(await textOf('CSV')).toBe('0,"é"\n1,"é"\n')
    expect(await textOf('CSVWithNames')).toBe('"n","t"\n0,"é"\n1,"é"\n')
    expect(await textOf('TabSeparatedWithNamesAndTypes')).toBe('n\tt\nUInt64\tString\n0\té\n1\té\n')
    expect(await textOf('JSONCompactEachRow')).toMatch(/^\["?0"?, ?"é"\]\n/)
  })

  it('sends and receives binary formats byte by byte', async () => {
    await client.command({ query: 'CREATE TABLE binary (n UInt64, bytes String) ENGINE = MergeTree ORDER BY n' })
    const source = 'SELECT number AS n, unhex(hex(number * 0xfedcba9876543)) AS bytes FROM numbers(20000)'
    for (const format of ['Parquet', 'RowBinary', 'Native']) {
      await client.command({ query: 'TRUNCATE TABLE binary' })
      const { stream } = await client.exec({ query: `${source} FORMAT ${format}` })
      const chunks: Buffer[] = []
      for await (const chunk of stream) chunks.push(chunk as Buffer)
      const values = Readable.from([Buffer.concat(chunks)])
      await client.exec({ query: `INSERT INTO binary FORMAT ${format}`, values })
      const sums = 'SELECT count() AS total, groupBitXor(cityHash64(n, bytes)) AS hash FROM'
      expect([format, await rowsOf(`${sums} binary`)]).toEqual([format, await rowsOf(`${sums} (${source})`)])
    }
  })

  it('streams a large insert', async () => {
    const rows = function* () {
      for (let a = 0; a < 50_000; a += 1) yield { a, text: `row ${a}` }
    }
    await client.insert({ table: 't', values: Readable.from(rows(), { objectMode: true }), format: 'JSONEachRow' })
    expect(await rowsOf('SELECT count() AS n, toUInt32(uniqExact(text)) AS texts FROM t')).toEqual([
      { n: expect.anything(), texts: 50_000 },
    ])
  })

  it('gives up a query when its client does, whether it runs or waits', async () => {
    const endless = 'SELECT count() FROM system.numbers WHERE sipHash64(number) = 1'
    const start = () => {
      const controller = new AbortController()
      const result = client.query({ query: endless, format: 'CSV', abort_signal: controller.signal })
      return { stop: () => controller.abort(), ended: result.catch((error: unknown) => error) }
    }
    const running = async (): Promise<number> => {
      const query = `SELECT toUInt32(count()) AS n FROM system.processes WHERE query LIKE '%system.numbers WHERE%'`
      const [row] = (await rowsOf(query)) as { n: number }[]
      return row!.n - 1 // it finds itself
    }
    const two = [start(), start()]
    await until(async () => (await running()) === 2)
    const more = [start(), start(), start()]
    more.forEach(({ stop }) => stop())
    two.forEach(({ stop }) => stop())
    await until(async () => (await running()) === 0)
    for (const { ended } of [...two, ...more]) expect(String(await ended)).toMatch(/abort/i)
  })
})

describe('requests by hand', () => {
  it.each([
    ['/?query=SELECT%201', 'GET', undefined, 200, '1\n'],
    ['/', 'POST', 'SELECT 1 FORMAT CSVWithNames', 200, '"1"\n1\n'],
    ['/?query=SELECT%201,', 'POST', '2 FORMAT CSV', 200, '1,2\n'],
    ['/?default_format=CSV', 'POST', `SELECT 'a'`, 200, '"a"\n'],
    ['/?database=system', 'POST', 'SELECT dummy FROM one', 200, '0\n'],
    ['/ping', 'GET', undefined, 200, 'Ok.\n'],
    ['/', 'GET', undefined, 200, 'Ok.\n'],
    ['/nothing', 'GET', undefined, 404, 'There is no handle /nothing\n'],
  ])('%s %s %s', async (path, method, body, status, text) => {
    expect(await ask(path, body === undefined ? { method } : { method, body })).toEqual({ status, text, code: null })
  })

  it.each([
    ['/', 'SELECT * FROM missing', 404, '60'],
    ['/', 'SELECT missing FROM system.one', 404, '47'],
    ['/', 'SELEC 1', 400, '62'],
    ['/', 'SELEC', 400, '62'],
    ['/', 'SELECT 1; SELECT 2', 400, '62'],
    ['/', '', 400, '62'],
    ['/?database=missing', 'SELECT 1', 404, '81'],
    ['/?bogus_setting=1', 'SELECT 1', 500, '115'],
    ['/?max_threads%3D1%3B+DROP+DATABASE+x+--=1', 'SELECT 1', 500, '115'],
    ['/?session_id=x', 'SELECT 1', 501, '48'],
    ['/', 'SELECT throwIf(1)', 500, '395'],
  ])('%s %s is refused with ClickHouse’s own code', async (path, body, status, code) => {
    const answer = await post(path, body)
    expect(answer).toMatchObject({ status, code })
    expect(answer.text).toMatch(new RegExp(`^Code: ${code}\\. DB::Exception: `))
  })

  it('changes nothing on GET', async () => {
    expect(await ask('/?query=DROP%20TABLE%20t')).toMatchObject({ status: 403, code: '164' })
    expect(await ask('/?query=EXISTS%20t')).toMatchObject({ text: '1\n' })
  })

  it('takes the rows of an insert from wherever they are', async () => {
    await post('/', 'CREATE TABLE places (a UInt32, b String) ENGINE = MergeTree ORDER BY a')
    await post('/?query=INSERT%20INTO%20places%20FORMAT%20CSV', '1,url\n')
    await post('/?query=INSERT%20INTO%20places%20(b,a)%20VALUES', `('values', 1 + 1)`)
    await post('/', 'INSERT INTO places FORMAT CSV\n3,body\n')
    await post('/', `INSERT INTO places VALUES (4, 'inline')`)
    const [head, binary] = [
      Buffer.from('INSERT INTO places FORMAT RowBinary\n'),
      Buffer.from([5, 0, 0, 0, 2, 0xff, 0x0a]),
    ]
    await post('/', Buffer.concat([head, binary]))
    await ask('/?query=INSERT%20INTO%20places%20FORMAT%20CSV', {
      method: 'POST',
      body: gzipSync('6,gzip\n'),
      headers: { 'Content-Encoding': 'gzip' },
    })
    const { text } = await post('/', 'SELECT a, if(a = 5, hex(b), b) FROM places ORDER BY a FORMAT CSV')
    expect(text).toBe('1,"url"\n2,"values"\n3,"body"\n4,"inline"\n5,"FF0A"\n6,"gzip"\n')
  })

  it('inserts nothing of a body that breaks off', async () => {
    await post('/', 'CREATE TABLE broken (a UInt32) ENGINE = MergeTree ORDER BY a')
    const url = new URL('/?query=INSERT%20INTO%20broken%20FORMAT%20CSV', engine.url)
    await new Promise<void>((resolve) => {
      const sending = request(url, { method: 'POST' })
      sending.on('error', () => resolve())
      sending.write('1\n2\n3\n', () => sending.destroy())
    })
    expect(await post('/', 'SELECT count() FROM broken')).toMatchObject({ text: '0\n' })
  })

  it('says what the answer is', async () => {
    const response = await fetch(new URL('/?query=SELECT%201&query_id=q1&default_format=JSONEachRow', engine.url))
    expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=UTF-8')
    expect(response.headers.get('x-clickhouse-format')).toBe('JSONEachRow')
    expect(response.headers.get('x-clickhouse-query-id')).toBe('q1')
    expect(JSON.parse(response.headers.get('x-clickhouse-summary') ?? '')).toMatchObject({ read_rows: '1' })
  })

  it('turns away pages in a browser', async () => {
    expect(await ask('/?query=SELECT%201', { headers: { Origin: 'https://page.example' } })).toMatchObject({
      status: 401,
    })
    const rebound = await new Promise<number | undefined>((resolve) => {
      const { port } = new URL(engine.url)
      const headers = { Host: `page.example:${port}` }
      request({ port, host: '127.0.0.1', path: '/?query=SELECT%201', headers }, (response) => {
        response.resume()
        resolve(response.statusCode)
      }).end()
    })
    expect(rebound).toBe(401)
  })
})

describe('the data folder', () => {
  it('belongs to one process, and another is told so', async () => {
    const child = runTypeScript('test/helpers/open-embedded.ts', [folder], ['ignore', 'pipe', 'pipe'])
    let text = ''
    child.stdout!.on('data', (chunk) => (text += String(chunk)))
    await new Promise((resolve) => child.once('close', resolve))
    expect(text).toMatch(/^STACK_FAILED cannot open the ClickHouse data in /)
  })

  it('keeps acknowledged rows through SIGKILL', async () => {
    const own = await mkdtemp(join(tmpdir(), 'kinora-kill-'))
    const run = () => runTypeScript('test/helpers/open-embedded.ts', [own, 'insert'], ['ignore', 'pipe', 'inherit'])
    const countBeforeKill = async (): Promise<number> => {
      const child = run()
      let text = ''
      child.stdout!.on('data', (chunk) => (text += String(chunk)))
      await until(() => text.split('\n').length > 5)
      child.kill('SIGKILL')
      await new Promise((resolve) => child.once('close', resolve))
      return Number(text.trimEnd().split('\n').at(-1))
    }
    const first = await countBeforeKill()
    const second = await countBeforeKill()
    expect(second).toBeGreaterThan(first)
    await rm(own, { recursive: true, force: true })
  })
})

describe('an end', () => {
  it('lets short queries finish and ends those that would never', async () => {
    const own = await mkdtemp(join(tmpdir(), 'kinora-end-'))
    const { told, kill } = await ownProcess<string[]>('test/helpers/close-embedded.ts', [own])
    expect(told).toEqual(['1', expect.stringMatching(/QUERY_WAS_CANCELLED/), 'refused'])
    await kill()
    await rm(own, { recursive: true, force: true })
  })
})

describe('without chDB', () => {
  it('says how to get it', () => {
    const script = `
      import { register } from 'node:module'
      register('data:text/javascript,' + encodeURIComponent(
        'export const resolve = (name, context, next) => { if (name === "chdb") throw new Error("gone"); return next(name, context) }'))
      const { startEmbeddedClickHouse } = await import('./stores/clickhouse/embedded.ts')
      await startEmbeddedClickHouse({ dataDir: process.argv[1], logger: undefined }).catch((e) => console.log(e.code, e.message))`
    const args = ['--import', 'tsx', '--input-type=module', '-e', script, join(folder, 'none')]
    const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    expect(stdout).toMatch(/^STACK_FAILED .*npm install chdb.*CLICKHOUSE_URL/)
  })
})
