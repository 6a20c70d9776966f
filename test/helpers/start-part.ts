/**
 * `start-part.ts kafka|redis|stack FOLDER [CACHE]`: owns a part of the local stack, prints it as JSON, and waits to be
 * killed; with `doctor` prints what the doctor says.
 */
import { pino } from 'pino'
import { KinoraError } from '../../errors/errors.js'
import { examine } from '../../stores/doctor.js'
import { startKafka } from '../../stores/kafka/local-broker.js'
import { startLocalStack } from '../../stores/local-stack.js'
import { startRedis } from '../../stores/redis/local-server.js'
import { cacheDir } from './cache-dir.js'

const [part = '', dataDir = '', cache = cacheDir] = process.argv.slice(2)
const options = { dataDir, cacheDir: cache, logger: pino({ level: 'silent' }) }
const say = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`)
try {
  if (part === 'kafka') {
    const { brokers, pid } = await startKafka(options)
    say({ brokers, pid })
  } else if (part === 'redis') {
    const { url, pid } = await startRedis(options)
    say({ url, pid })
  } else if (part === 'doctor') {
    say(await examine(options))
  } else {
    const { brokers, redisUrl, clickhouseUrl } = await startLocalStack({
      ...options,
      need: { kafka: true, redis: true, clickhouse: true },
    })
    say({ brokers, redisUrl, clickhouseUrl })
  }
  setInterval(() => undefined, 1_000)
} catch (error) {
  say({ code: error instanceof KinoraError ? error.code : 'bug', message: String(error) })
}
