/** Closes an engine while one query runs for a moment, one for ever, and one comes too late; prints what became of them. */
import { text } from 'node:stream/consumers'
import { EmbeddedEngine } from '../../stores/clickhouse/embedded-engine.js'
import { until } from './until.js'

const engine = await EmbeddedEngine.open(process.argv[2] ?? '')
const ask = async (sql: string): Promise<string> =>
  (await text((await engine.run({ sql, database: 'default' })).body)).trim()
const outcome = (sql: string): Promise<string> => ask(sql).catch((error: unknown) => String(error))

const short = outcome('SELECT 1 + sleep(0.5)')
const endless = outcome('SELECT count() FROM system.numbers WHERE sipHash64(number) = 1')
await until(async () => Number(await ask('SELECT count() FROM system.processes')) === 3)
const closed = engine.close(1_000)
const late = await outcome('SELECT 1')
await closed
const told = [await short, await endless, /closed/.test(late) ? 'refused' : late]
process.stdout.write(`${JSON.stringify(told)}\n`)
process.exit(0)
