import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { packageRoot } from '../../config/package-root.js'
import { FatalError } from '../../errors/errors.js'
import { lastLines, startOwnedChild, type OwnedChild } from '../child-process.js'
import { requireJava } from '../java.js'
import { fetchByMaven } from '../maven.js'
import { freePort, isFree } from '../ports.js'
import { brokerProperties } from './broker-properties.js'
import { classArchive, type ClassArchive } from './class-archive.js'
import { loadKafkajs } from './kafkajs-corrections.js'

export interface LocalBrokerOptions {
  /** Everything the broker keeps; a later start on it finds its topics and offsets again. */
  readonly dataDir: string
  /** Where the jars are kept, for all projects of this user. */
  readonly cacheDir: string
  readonly logger: Logger
  /** Exactly this port; by default the one used last time if it is free, else any. */
  readonly port?: number
}

export interface LocalBroker {
  /** `127.0.0.1:PORT`, as KAFKA_BROKERS wants it. */
  readonly brokers: string
  readonly pid: number
  readonly logFile: string
  /** Settles when the broker has ended, asked to or not, with how. */
  readonly exited: Promise<string>
  stop(): Promise<void>
}

export const kafkaPom = (): string => join(packageRoot(), 'stores', 'kafka', 'pom.xml')

const START_TIMEOUT_MS = 60_000

/**
 * Apache Kafka in KRaft mode, one node, as a child process; resolves once it answers a client.
 * @throws FatalError STACK_FAILED without Java or the jars, or when the broker does not come up
 */
export async function startKafka(options: LocalBrokerOptions): Promise<LocalBroker> {
  const { cacheDir, logger } = options
  const dataDir = resolve(options.dataDir)
  const java = await requireJava()
  const jars = await fetchByMaven({ name: 'kafka', pom: kafkaPom(), cacheDir, logger, take: 'jars' })
  await format(dataDir)
  const port = await choosePort(dataDir, options.port)
  const archive = classArchive(jars, java)
  const startedAt = Date.now()
  const { child, brokers } = await launch({ dataDir, port, jars, archive })
  await writeFile(join(dataDir, 'port'), brokers.split(':')[1]!)
  logger.info({ brokers, childPid: child.pid, ms: Date.now() - startedAt }, 'kafka is up')
  const stop = async (): Promise<void> => {
    await child.stop()
    await archive.keep()
  }
  return { brokers, pid: child.pid, logFile: child.logFile, exited: child.exited, stop }
}

/** What kafka-storage.sh does for a new folder: a cluster id, and the controller does the rest on its first start. */
async function format(dataDir: string): Promise<void> {
  const file = join(dataDir, 'data', 'meta.properties')
  if (existsSync(file)) return
  await mkdir(join(dataDir, 'data'), { recursive: true })
  // Kafka prints ids on command lines, so none may begin like an option.
  const id = (): string => {
    const text = randomBytes(16).toString('base64url')
    return text.startsWith('-') ? id() : text
  }
  await writeFile(`${file}.draft`, `version=1\ncluster.id=${id()}\nnode.id=1\ndirectory.id=${id()}\n`)
  await rename(`${file}.draft`, file)
}

async function choosePort(dataDir: string, wanted?: number): Promise<number> {
  if (wanted !== undefined) {
    if (wanted === 0 || (await isFree(wanted))) return wanted
    throw new FatalError('STACK_FAILED', `port ${wanted}, meant for Kafka, is in use`)
  }
  const last = Number(await readFile(join(dataDir, 'port'), 'utf8').catch(() => '0'))
  return last > 0 && (await isFree(last)) ? last : 0
}

interface Launch {
  readonly dataDir: string
  readonly port: number
  readonly jars: string
  readonly archive: ClassArchive
}

/** Starts java, again with another controller port if somebody took it in between. */
async function launch(options: Launch, attempt = 1): Promise<{ child: OwnedChild; brokers: string }> {
  const { dataDir, port, jars, archive } = options
  const controllerPort = await freePort()
  const properties = join(dataDir, 'server.properties')
  await writeFile(properties, brokerProperties({ dataDir: join(dataDir, 'data'), port, controllerPort }))
  const child = await startOwnedChild({
    command: 'java',
    args: [...archive.options, ...javaOptions, '-cp', await classPath(jars), 'kafka.Kafka', properties],
    cwd: dataDir,
    logFile: join(dataDir, 'kafka.log'),
  })
  try {
    return { child, brokers: await ready(child, controllerPort) }
  } catch (error) {
    await child.stop(1_000)
    const taken = (await lastLines(child.logFile, 60)).includes('Address already in use')
    if (taken && attempt < 3) return launch(options, attempt + 1)
    throw error
  }
}

const javaOptions = [
  '-Xms64m',
  '-Xmx512m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Dorg.slf4j.simpleLogger.log.kafka.network.DataPlaneAcceptor=info',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
  "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
]

/** In a fixed order, so that the class archive of an earlier run fits. */
async function classPath(jars: string): Promise<string> {
  const names = (await readdir(jars)).filter((name) => name.endsWith('.jar')).sort()
  return names.map((name) => join(jars, name)).join(':')
}

async function ready(child: OwnedChild, controllerPort: number): Promise<string> {
  const deadline = Date.now() + START_TIMEOUT_MS
  let brokers: string | undefined
  while (Date.now() < deadline) {
    if (child.ended() !== undefined) throw await failed(child, `ended while starting (${child.ended()})`)
    brokers ??= await readAddress(child.logFile, controllerPort)
    if (brokers !== undefined && (await answers(brokers))) return brokers
    await delay(25)
  }
  throw await failed(child, `did not answer within ${START_TIMEOUT_MS / 1000} s`)
}

async function failed(child: OwnedChild, what: string): Promise<FatalError> {
  return new FatalError('STACK_FAILED', `Kafka ${what}; log: ${child.logFile}\n${await lastLines(child.logFile)}`)
}

async function readAddress(logFile: string, controllerPort: number): Promise<string | undefined> {
  const log = await readFile(logFile, 'utf8').catch(() => '')
  const ports = [...log.matchAll(/Awaiting socket connections on \S*?:(\d+)/g)].map((match) => Number(match[1]))
  const port = ports.find((candidate) => candidate !== controllerPort)
  return port === undefined ? undefined : `127.0.0.1:${port}`
}

async function answers(brokers: string): Promise<boolean> {
  const { Kafka, logLevel } = loadKafkajs()
  const kafka = new Kafka({
    brokers: [brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    requestTimeout: 5_000,
    retry: { retries: 0 },
  })
  const admin = kafka.admin()
  try {
    await admin.connect()
    return (await admin.describeCluster()).brokers.length > 0
  } catch {
    return false
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
}
