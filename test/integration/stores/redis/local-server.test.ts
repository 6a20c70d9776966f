import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Redis } from 'ioredis'
import { pino } from 'pino'
import { cacheFolder } from '../../../../stores/maven.js'
import { startRedis, type LocalRedis } from '../../../../stores/redis/local-server.js'
import { boxedRedis, redisPom } from '../../../../stores/redis/server-binary.js'
import { cacheDir } from '../../../helpers/cache-dir.js'
import { ownProcess, runs } from '../../../helpers/own-process.js'
import { until } from '../../../helpers/until.js'

const logger = pino({ level: 'silent' })
let folder: string
const dataDir = () => join(folder, 'kept')
const start = (): Promise<LocalRedis> => startRedis({ dataDir: dataDir(), cacheDir, logger })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinora-redis-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function withClient<Result>(url: string, task: (client: Redis) => Promise<Result>): Promise<Result> {
  const client = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await task(client)
  } finally {
    client.disconnect()
  }
}

describe('a local redis', () => {
  it('is a real server with an append-only file, as soon as it has started', async () => {
    const redis = await start()
    expect(redis.url).toMatch(/^redis:\/\/127\.0\.0\.1:\d+$/)
    await withClient(redis.url, async (client) => {
      expect(await client.config('GET', 'append*')).toEqual(expect.arrayContaining(['appendonly', 'yes', 'everysec']))
      await client.set('kept', '你好')
    })
    await redis.stop()
    expect(runs(redis.pid)).toBe(false)
  })

  it('keeps its data and its address over a restart', async () => {
    const port = await readFile(join(dataDir(), 'port'), 'utf8')
    const redis = await start()
    expect(redis.url).toBe(`redis://127.0.0.1:${port}`)
    expect(await withClient(redis.url, (client) => client.get('kept'))).toBe('你好')
    await redis.stop()
  })

  it('listens on 127.0.0.1 only', async () => {
    const redis = await start()
    const { port } = new URL(redis.url)
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4')
    for (const { address } of outside) {
      await expect(withClient(`redis://${address}:${port}`, (client) => client.ping())).rejects.toThrow()
    }
    await redis.stop()
  })

  it('ends with its owner, SIGKILL included, and comes back with what was synced', async () => {
    const owner = await ownProcess<{ url: string; pid: number }>('test/helpers/start-part.ts', ['redis', dataDir()])
    const { url, pid } = owner.told
    await withClient(url, async (client) => {
      for (let key = 0; key < 1_000; key += 1) await client.set(`key-${key}`, key)
      // Written at once, synced every second: nothing is pending when the next sync is done.
      await until(async () => /aof_pending_bio_fsync:0[\s\S]*/.test(await client.info('persistence')))
    })
    await owner.kill()
    await until(() => !runs(pid), { withinMs: 2_000, everyMs: 5 })
    const redis = await start()
    expect(await withClient(redis.url, (client) => client.dbsize())).toBe(1_001)
    await redis.stop()
  })

  it('moves to another port when its own is taken, unless one was asked for', async () => {
    const port = Number(await readFile(join(dataDir(), 'port'), 'utf8'))
    const squatter = createServer()
    await new Promise<void>((resolve) => squatter.listen(port, '127.0.0.1', resolve))
    await expect(startRedis({ dataDir: dataDir(), cacheDir, logger, port })).rejects.toMatchObject({
      code: 'STACK_FAILED',
      message: expect.stringContaining(`port ${port}`),
    })
    const redis = await start()
    expect(redis.url).not.toBe(`redis://127.0.0.1:${port}`)
    await redis.stop()
    squatter.close()
  })

  it('names the log, with its last lines, when the server does not come up', async () => {
    const broken = join(folder, 'broken')
    await mkdir(broken)
    await writeFile(join(broken, 'appendonly.aof'), 'this is no append-only file')
    await mkdir(join(broken, 'appendonlydir'))
    await writeFile(join(broken, 'appendonlydir', 'appendonly.aof.manifest'), 'this is no manifest')
    const error: unknown = await startRedis({ dataDir: broken, cacheDir, logger }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'STACK_FAILED', message: expect.stringContaining(join(broken, 'redis.log')) })
    expect(String(error)).toMatch(/append only file|manifest/i)
  })
})

describe('the program', () => {
  /** Starts redis in a process with a PATH of its own in front. */
  const startWith = async (programs: Record<string, string>, cache: string) => {
    const bin = await mkdtemp(join(folder, 'bin-'))
    for (const [name, script] of Object.entries(programs)) {
      await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`)
      await chmod(join(bin, name), 0o755)
    }
    const args = ['redis', await mkdtemp(join(folder, 'data-')), cache]
    const PATH = `${bin}:${process.env['PATH'] ?? ''}`
    return ownProcess<{ url?: string; code?: string; message?: string }>('test/helpers/start-part.ts', args, { PATH })
  }
  const boxed = async () => join(await cacheFolder({ name: 'redis', pom: redisPom(), cacheDir }), boxedRedis()!)

  it('is the one on the PATH when it is new enough', async () => {
    const mark = join(folder, 'used')
    const real = await boxed()
    const valkey = `[ "$1" = --version ] && { echo "Valkey server v=9.1.2 sha=0"; exit; }\ntouch ${mark}\nexec ${real} "$@"`
    const old = 'echo "Redis server v=5.0.14 sha=0"'
    const owner = await startWith({ 'valkey-server': valkey, 'redis-server': old }, cacheDir)
    expect(owner.told.url).toMatch(/^redis:/)
    expect(await readFile(mark, 'utf8')).toBe('')
    await owner.kill()
  })

  it('is said to be missing, with what to do, when the fetched one does not run here', async () => {
    const unpack = 'for last; do case "$last" in -DoutputDirectory=*) out="${last#*=}";; esac; done'
    const fake = `${unpack}\nprintf '#!/bin/sh\\necho "error while loading shared libraries: libssl.so.3" >&2\\nexit 127\\n' > "$out/${boxedRedis()!}"\nchmod +x "$out/${boxedRedis()!}"`
    const none = 'exit 127'
    const owner = await startWith({ mvn: fake, 'redis-server': none, 'valkey-server': none }, join(folder, 'cache'))
    expect(owner.told).toEqual({
      code: 'STACK_FAILED',
      message: expect.stringMatching(/does not run here.*redis-server is on the PATH.*libssl\.so\.3/),
    })
  })
})
