/** `open-embedded.ts FOLDER [insert]`: opens the engine; with `insert` adds rows forever and prints how many are sure. */
import { pino } from 'pino'
import { KinoraError } from '../../errors/errors.js'
import { startEmbeddedClickHouse } from '../../stores/clickhouse/embedded.js'
import { openWarehouse } from '../../stores/clickhouse/warehouse.js'

const [dataDir = '', mode] = process.argv.slice(2)
const say = (text: string): void => void process.stdout.write(`${text}\n`)
try {
  const { connection } = await startEmbeddedClickHouse({ dataDir, logger: pino({ level: 'silent' }) })
  const warehouse = openWarehouse({ connection, database: 'default' })
  await warehouse.command('CREATE TABLE IF NOT EXISTS kept (n UInt64) ENGINE = MergeTree ORDER BY n')
  for (; mode === 'insert';) {
    await warehouse.insert('kept', [{ n: Date.now() }])
    const [row] = await warehouse.rows<{ n: number }>('SELECT count() AS n FROM kept')
    say(String(row!.n))
  }
  say('opened')
} catch (error) {
  say(error instanceof KinoraError ? `${error.code} ${error.message}` : String(error))
}
process.exit(0)
