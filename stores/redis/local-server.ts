import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { FatalError } from '../../errors/errors.js'
import { lastLines, startOwnedChild, type OwnedChild } from '../child-process.js'
import { freePort, isFree } from '../ports.js'
import { findRedis } from './server-binary.js'

export interface LocalRedisOptions {
  /** Holds the append-only file; a later start on it finds its keys again. */
  readonly dataDir: string
  readonly cacheDir: string
  readonly logger: Logger
  /** Exactly this port; by default the one used last time if it is free, else any. */
  readonly port?: number
}

export interface LocalRedis {
  /** `redis://127.0.0.1:PORT`, as REDIS_URL wants it. */
  readonly url: string
  readonly pid: number
  readonly logFile: string
  /** Settles when the server has ended, asked to or not, with how. */
  readonly exited: Promise<string>
  stop(): Promise<void>
}

const START_TIMEOUT_MS = 60_000

/**
 * A real redis-server (or valkey-server) as a child process, on 127.0.0.1 only, with its append-only file synced every
 * second; resolves once it answers and has loaded its data.
 * @throws FatalError STACK_FAILED when there is no server to run or it does not come up
 */
export async function startRedis(options: LocalRedisOptions): Promise<LocalRedis> {
  const dataDir = resolve(options.dataDir)
  await mkdir(dataDir, { recursive: true })
  const binary = await findRedis(options.cacheDir, options.logger)
  const startedAt = Date.now()
  const { child, port } = await launch(binary.command, dataDir, options.port)
  await writeFile(join(dataDir, 'port'), String(port))
  const url = `redis://127.0.0.1:${port}`
  const ms = Date.now() - startedAt
  options.logger.info({ url, childPid: child.pid, version: binary.version, ms }, 'redis is up')
  return { url, pid: child.pid, logFile: child.logFile, exited: child.exited, stop: () => child.stop() }
}

/** Starts the server, again on another port if somebody took a port of our own choice in between. */
async function launch(command: string, dataDir: string, wanted?: number, attempt = 1): Promise<Launched> {
  const port = await choosePort(dataDir, wanted)
  const args = Object.entries(serverOptions(port, dataDir)).flatMap(([name, value]) => [`--${name}`, value])
  const child = await startOwnedChild({ command, args, cwd: dataDir, logFile: join(dataDir, 'redis.log') })
  try {
    await ready(child, port)
    return { child, port }
  } catch (error) {
    await child.stop(1_000)
    const taken = (await lastLines(child.logFile)).includes('Address already in use')
    if (taken && wanted === undefined && attempt < 3) return launch(command, dataDir, wanted, attempt + 1)
    throw error
  }
}

interface Launched {
  readonly child: OwnedChild
  readonly port: number
}

const serverOptions = (port: number, dataDir: string): Record<string, string> => ({
  port: String(port),
  bind: '127.0.0.1',
  dir: dataDir,
  appendonly: 'yes',
  appendfsync: 'everysec',
  save: '',
  daemonize: 'no',
  logfile: '',
})

async function choosePort(dataDir: string, wanted?: number): Promise<number> {
  if (wanted !== undefined && wanted !== 0) {
    if (await isFree(wanted)) return wanted
    throw new FatalError('STACK_FAILED', `port ${wanted}, meant for Redis, is in use`)
  }
  const last = Number(await readFile(join(dataDir, 'port'), 'utf8').catch(() => '0'))
  return freePort(last > 0 ? last : undefined)
}

async function ready(child: OwnedChild, port: number): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS
  while (Date.now() < deadline) {
    if (child.ended() !== undefined) throw await failed(child, `ended while starting (${child.ended()})`)
    if (await answers(port)) return
    await delay(10)
  }
  throw await failed(child, `did not answer within ${START_TIMEOUT_MS / 1000} s`)
}

async function failed(child: OwnedChild, what: string): Promise<FatalError> {
  return new FatalError(
    'STACK_FAILED',
    `redis-server ${what}; log: ${child.logFile}\n${await lastLines(child.logFile)}`,
  )
}

/** While it still loads its data the server answers with an error, so a PONG means that all of it is there. */
async function answers(port: number): Promise<boolean> {
  const client = new Redis(port, '127.0.0.1', {
    lazyConnect: true,
    enableReadyCheck: false,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    connectTimeout: 1_000,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.ping()
    return true
  } catch {
    return false
  } finally {
    client.disconnect()
  }
}
