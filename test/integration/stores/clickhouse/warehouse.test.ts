import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { pino } from 'pino'
import { TransientError } from '../../../../errors/errors.js'
import { startEmbeddedClickHouse, type EmbeddedClickHouse } from '../../../../stores/clickhouse/embedded.js'
import { openWarehouse } from '../../../../stores/clickhouse/warehouse.js'
import { freePort } from '../../../../stores/ports.js'
import { warehouseContract } from '../../../contracts/warehouse.js'

let engine: EmbeddedClickHouse
let folder: string
const done = () => Promise.resolve()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinora-clickhouse-'))
  engine = await startEmbeddedClickHouse({ dataDir: folder, logger: pino({ level: 'warn' }) })
})

afterAll(async () => {
  await engine.stop()
  await rm(folder, { recursive: true, force: true })
})

warehouseContract('the engine in this process', () =>
  Promise.resolve({ target: { connection: engine.connection }, close: done }),
)
warehouseContract('the embedded engine over HTTP', () => Promise.resolve({ target: { url: engine.url }, close: done }))

const serverUrl = process.env['TEST_CLICKHOUSE_URL']
if (serverUrl) {
  warehouseContract('a ClickHouse server', () => Promise.resolve({ target: { url: serverUrl }, close: done }))
}

describe('a warehouse by its URL', () => {
  it('uses its own database, whatever path the URL has', async () => {
    const warehouse = openWarehouse({ url: `${engine.url}/other`, database: 'default' })
    expect(await warehouse.rows('SELECT currentDatabase() AS name')).toEqual([{ name: 'default' }])
    await warehouse.close()
  })
})

describe('a warehouse that nobody serves', () => {
  it('is unavailable for now, not for good', async () => {
    const warehouse = openWarehouse({ url: `http://127.0.0.1:${await freePort()}`, database: 'default' })
    const error: unknown = await warehouse.rows('SELECT 1').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TransientError)
    await warehouse.close()
  })
})
