import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import type { Logger } from 'pino'
import { FatalError } from '../../errors/errors.js'
import { isFree } from '../ports.js'
import { embeddedConnection } from './embedded-connection.js'
import { EmbeddedEngine } from './embedded-engine.js'
import { createHandler } from './embedded-http.js'
import type { Connection } from './warehouse.js'

export interface EmbeddedClickHouseOptions {
  /** Belongs to one process at a time. */
  readonly dataDir: string
  readonly logger: Logger
  /** Exactly this port; by default the one used last time if it is free, else any. */
  readonly port?: number
  /** How many queries run at once; see EmbeddedEngine.open. */
  readonly slots?: number
}

export interface EmbeddedClickHouse {
  /** `http://127.0.0.1:PORT`, as CLICKHOUSE_URL wants it: for other processes. */
  readonly url: string
  /** For this process: `openWarehouse({ connection, database })`. */
  readonly connection: (database: string) => Connection
  /** Lets requests that are under way finish. */
  stop(): Promise<void>
}

const STOP_GRACE_MS = 5_000

/**
 * Opens the embedded engine and serves ClickHouse's HTTP interface on 127.0.0.1.
 * @throws FatalError STACK_FAILED when chDB is not installed, the folder is in use or the port is
 */
export async function startEmbeddedClickHouse(options: EmbeddedClickHouseOptions): Promise<EmbeddedClickHouse> {
  const { logger } = options
  const dataDir = resolve(options.dataDir)
  await mkdir(dataDir, { recursive: true })
  const startedAt = Date.now()
  const engine = await EmbeddedEngine.open(dataDir, options.slots)
  try {
    const handle = createHandler(engine, logger)
    const server = createServer({ maxHeaderSize: 1024 * 1024 }, (request, response) => void handle(request, response))
    server.keepAliveTimeout = 30_000
    server.requestTimeout = 0 // a long insert may stream for as long as it likes
    const port = await listen(server, await choosePort(dataDir, options.port))
    await writeFile(join(dataDir, 'port'), String(port))
    const url = `http://127.0.0.1:${port}`
    logger.info({ url, ms: Date.now() - startedAt }, 'embedded clickhouse is up')
    const connection = (database: string): Connection => embeddedConnection(engine, database)
    let stopping: Promise<void> | undefined
    return { url, connection, stop: () => (stopping ??= stop(server, engine)) }
  } catch (error) {
    await engine.close()
    throw error
  }
}

async function choosePort(dataDir: string, wanted?: number): Promise<number> {
  if (wanted !== undefined) return wanted
  const last = Number(await readFile(join(dataDir, 'port'), 'utf8').catch(() => '0'))
  return last > 0 && (await isFree(last)) ? last : 0
}

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((settle, reject) => {
    server.once('error', (cause) => {
      reject(new FatalError('STACK_FAILED', `port ${port}, meant for ClickHouse: ${cause.message}`, { cause }))
    })
    server.listen(port, '127.0.0.1', () => settle((server.address() as AddressInfo).port))
  })

/** The engine takes no more; whoever still reads a result gets a few seconds for it. */
async function stop(server: Server, engine: EmbeddedEngine): Promise<void> {
  const closed = new Promise<void>((settle) => server.close(() => settle()))
  await engine.close()
  const sweep = setInterval(() => server.closeIdleConnections(), 20)
  const limit = setTimeout(() => server.closeAllConnections(), STOP_GRACE_MS)
  await closed
  clearInterval(sweep)
  clearTimeout(limit)
}
