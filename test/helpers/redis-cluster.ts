import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { pino } from 'pino'
import { startOwnedChild } from '../../stores/child-process.js'
import { freePort, isFree } from '../../stores/ports.js'
import { findRedis } from '../../stores/redis/server-binary.js'
import { cacheDir } from './cache-dir.js'
import { until } from './until.js'

const SLOTS = 16_384
const BUS = 10_000

export interface TestRedisCluster {
  readonly url: string
  stop(): Promise<void>
}

/** A real Redis Cluster of two nodes, each with half of the slots. */
export async function startRedisCluster(): Promise<TestRedisCluster> {
  const { command } = await findRedis(cacheDir, pino({ level: 'silent' }))
  const folder = await mkdtemp(join(tmpdir(), 'kinora-redis-cluster-'))
  const nodes = await Promise.all([startNode(command, join(folder, 'a')), startNode(command, join(folder, 'b'))])
  const [first, second] = nodes.map(({ client }) => client) as [Redis, Redis]
  const slots = Array.from({ length: SLOTS }, (_, slot) => slot)
  await first.cluster('ADDSLOTS', ...slots.slice(0, SLOTS / 2))
  await second.cluster('ADDSLOTS', ...slots.slice(SLOTS / 2))
  await first.cluster('MEET', '127.0.0.1', nodes[1].port)
  for (const client of [first, second])
    await until(async () => (await client.cluster('INFO')).includes('cluster_state:ok'), { withinMs: 20_000 })
  return {
    url: `redis://127.0.0.1:${nodes[0].port}`,
    stop: async () => {
      for (const { client, child } of nodes) {
        client.disconnect()
        await child.stop()
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function startNode(command: string, folder: string) {
  await mkdir(folder)
  const port = await freePortPair()
  const options = { port, bind: '127.0.0.1', 'cluster-enabled': 'yes', save: '', dir: folder }
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])
  const child = await startOwnedChild({ command, args, cwd: folder, logFile: join(folder, 'log') })
  const client = new Redis(port, '127.0.0.1', { retryStrategy: () => 20, maxRetriesPerRequest: null })
  client.on('error', () => undefined)
  await client.ping()
  return { child, client, port }
}

/** Nodes talk to each other on a second port, 10,000 above that of the clients. */
async function freePortPair(): Promise<number> {
  for (;;) {
    const port = await freePort()
    if (port + BUS <= 65_535 && (await isFree(port + BUS))) return port
    const lower = port - BUS
    if ((await isFree(lower)) && (await isFree(port))) return lower
  }
}
