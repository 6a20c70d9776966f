/** What a machine has and lacks for running Kinora, and how to mend it. Changes nothing. */
import { constants, existsSync } from 'node:fs'
import { access, statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { messageOf } from '../errors/errors.js'
import { loadChdb } from './clickhouse/chdb.js'
import { openWarehouse } from './clickhouse/warehouse.js'
import { findJava, OLDEST_JAVA } from './java.js'
import { connectKafka, type KafkaSettings } from './kafka/client.js'
import { kafkaPom } from './kafka/local-broker.js'
import { findRunningStack } from './local-stack.js'
import { cacheFolder, findMaven } from './maven.js'
import { connectRedis } from './redis/client.js'
import { boxedRedis, redisOnPath, redisPom } from './redis/server-binary.js'

export interface Check {
  readonly name: string
  readonly ok: boolean
  /** What was found. */
  readonly detail: string
  /** What to do, where something is amiss. */
  readonly mend?: string
}

export interface DoctorOptions {
  readonly dataDir: string
  readonly cacheDir: string
  /** Where the stores are configured to be; a store without an address is one of the local stack. */
  readonly kafka?: KafkaSettings
  readonly redis?: { readonly url: string; readonly cluster?: boolean }
  readonly clickhouse?: { readonly url: string; readonly user?: string; readonly password?: string }
  readonly logger: Logger
}

type Finding = Omit<Check, 'name'>

const CHECK_TIMEOUT_MS = 20_000
/** A Kafka segment alone takes a gibibyte on disk when it is full. */
const ENOUGH_DISK_BYTES = 2 * 1024 ** 3
const OLDEST_NODE = 20

/** All checks, in the order in which a start would meet them. None throws, and each ends within 20 s. */
export async function examine(options: DoctorOptions): Promise<Check[]> {
  const { kafka, redis, clickhouse } = options
  const checks: [string, () => Finding | Promise<Finding>][] = [
    ['node', node],
    ['data folder', () => folder(options.dataDir, 'KINORA_DATA_DIR')],
    ['cache folder', () => folder(options.cacheDir, 'KINORA_CACHE_DIR')],
    ['local stack', () => runningStack(options.dataDir)],
  ]
  if (kafka) checks.push(['KAFKA_BROKERS', () => kafkaAnswers(kafka, options.logger)])
  else checks.push(['java', java], ['kafka jars', () => kafkaJars(options.cacheDir)])
  if (redis) checks.push(['REDIS_URL', () => redisAnswers(redis, options.logger)])
  else checks.push(['redis-server', () => redisServer(options.cacheDir)])
  if (clickhouse) checks.push(['CLICKHOUSE_URL', () => clickhouseAnswers(clickhouse)])
  else checks.push(['chdb', chdb])
  return Promise.all(checks.map(async ([name, check]) => ({ name, ...(await bounded(check)) })))
}

const good = (detail: string): Finding => ({ ok: true, detail })
const bad = (detail: string, mend: string): Finding => ({ ok: false, detail, mend })

async function bounded(check: () => Finding | Promise<Finding>): Promise<Finding> {
  const late = delay(CHECK_TIMEOUT_MS, bad(`no answer within ${CHECK_TIMEOUT_MS / 1000} s`, 'try again'), {
    ref: false,
  })
  try {
    return await Promise.race([check(), late])
  } catch (error) {
    return bad(messageOf(error), 'see the message')
  }
}

function node(): Finding {
  const { node: version } = process.versions
  const isNewEnough = Number(version.split('.')[0]) >= OLDEST_NODE
  return isNewEnough ? good(`Node ${version}`) : bad(`Node ${version}`, `install Node ${OLDEST_NODE} or later`)
}

/** The folder or, before the first start, the nearest one above it. */
async function folder(path: string, variable: string): Promise<Finding> {
  let existing = resolve(path)
  while (!existsSync(existing)) existing = dirname(existing)
  const move = `set ${variable} to a folder of yours with room in it`
  try {
    await access(existing, constants.W_OK)
  } catch {
    return bad(`${existing} cannot be written`, move)
  }
  const { bavail, bsize } = await statfs(existing)
  const free = bavail * bsize
  const detail = `${resolve(path)}, ${(free / 1024 ** 3).toFixed(1)} GiB free`
  return free >= ENOUGH_DISK_BYTES ? good(detail) : bad(detail, move)
}

async function runningStack(dataDir: string): Promise<Finding> {
  const stack = await findRunningStack(dataDir)
  if (!stack) return good('not running')
  const { pid, brokers = '–', redisUrl = '–', clickhouseUrl = '–' } = stack
  return good(`run by process ${pid}: Kafka ${brokers}, Redis ${redisUrl}, ClickHouse ${clickhouseUrl}`)
}

async function java(): Promise<Finding> {
  const mend = `install Java ${OLDEST_JAVA} or later, or set KAFKA_BROKERS to a cluster`
  const found = await findJava()
  if (!found) return bad('java is not on the PATH', mend)
  return found.major >= OLDEST_JAVA ? good(`Java ${found.build}`) : bad(`Java ${found.build}`, mend)
}

async function kafkaJars(cacheDir: string): Promise<Finding> {
  const jars = await cacheFolder({ name: 'kafka', pom: kafkaPom(), cacheDir })
  if (existsSync(jars)) return good(`in ${jars}`)
  const maven = await findMaven()
  if (maven) return good(`not yet there: the first start gets them with ${maven}`)
  return bad('not there, and mvn is not on the PATH', 'install Maven 3.6 or later, or set KAFKA_BROKERS to a cluster')
}

async function redisServer(cacheDir: string): Promise<Finding> {
  const installed = await redisOnPath()
  if (installed) return good(`${installed.command} ${installed.version} on the PATH`)
  const mend = 'install redis (or valkey), or set REDIS_URL to a server'
  if (boxedRedis() === undefined) return bad(`not on the PATH, none to fetch for ${process.platform}`, mend)
  const fetched = await cacheFolder({ name: 'redis', pom: redisPom(), cacheDir })
  if (existsSync(fetched)) return good(`not on the PATH: the fetched one in ${fetched} is used`)
  const maven = await findMaven()
  return maven
    ? good(`not on the PATH: the first start gets one with ${maven}`)
    : bad('neither redis-server nor mvn is on the PATH', mend)
}

async function chdb(): Promise<Finding> {
  try {
    const { chdb: version, libchdb } = (await loadChdb()).version()
    return good(`chdb ${version}, ClickHouse ${libchdb.replaceAll('"', '')}`)
  } catch (error) {
    return bad(messageOf(error), 'npm install chdb (Linux with glibc, or macOS), or set CLICKHOUSE_URL to a server')
  }
}

async function kafkaAnswers(settings: KafkaSettings, logger: Logger): Promise<Finding> {
  const admin = connectKafka(settings, logger).admin()
  const where = settings.brokers.join(',')
  try {
    await admin.connect()
    const { brokers } = await admin.describeCluster()
    return good(`${where}: ${brokers.length} broker${brokers.length === 1 ? '' : 's'}`)
  } catch (error) {
    return bad(`${where}: ${messageOf(error)}`, 'check KAFKA_BROKERS, KAFKA_TLS and KAFKA_SASL_*')
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
}

async function redisAnswers(settings: { url: string; cluster?: boolean }, logger: Logger): Promise<Finding> {
  const where = new URL(settings.url).host
  try {
    const client = await connectRedis(settings, logger)
    const version = /redis_version:(\S+)/.exec(await client.info('server'))?.[1] ?? '?'
    client.disconnect()
    return good(`${where}: Redis ${version}`)
  } catch (error) {
    return bad(`${where}: ${messageOf(error)}`, 'check REDIS_URL (rediss:// for TLS) and REDIS_CLUSTER')
  }
}

async function clickhouseAnswers(server: { url: string; user?: string; password?: string }): Promise<Finding> {
  const where = new URL(server.url).host
  const warehouse = openWarehouse({ ...server, database: 'default' })
  try {
    const [row] = await warehouse.rows<{ version: string }>('SELECT version() AS version')
    return good(`${where}: ClickHouse ${row?.version ?? '?'}`)
  } catch (error) {
    return bad(`${where}: ${messageOf(error)}`, 'check CLICKHOUSE_URL, CLICKHOUSE_USER and CLICKHOUSE_PASSWORD')
  } finally {
    await warehouse.close()
  }
}
