/** A process that owns a local stack for tests: `stack-owner.ts FOLDER kafka,redis,clickhouse`. Ends with its parent. */
import { rm } from 'node:fs/promises'
import { pino } from 'pino'
import { startLocalStack } from '../../stores/local-stack.js'
import { cacheDir } from './cache-dir.js'

const [dataDir = '', names = ''] = process.argv.slice(2)
const wanted = new Set(names.split(','))
const need = { kafka: wanted.has('kafka'), redis: wanted.has('redis'), clickhouse: wanted.has('clickhouse') }
const stack = await startLocalStack({ dataDir, cacheDir, logger: pino({ level: 'warn' }), need })

const finish = async (): Promise<void> => {
  await stack.stop()
  await rm(dataDir, { recursive: true, force: true })
  await rm(`${dataDir}.log`, { force: true })
  process.exit(0)
}
process.stdin.on('end', () => void finish()).on('error', () => void finish())
process.stdin.resume()
process.on('SIGTERM', () => void finish())
