import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { pino } from 'pino'
import { openWarehouse } from '../../../stores/clickhouse/warehouse.js'
import { findRunningStack, startLocalStack, type Endpoints } from '../../../stores/local-stack.js'
import { cacheDir } from '../../helpers/cache-dir.js'
import { ownProcess } from '../../helpers/own-process.js'

const logger = pino({ level: 'silent' })
const need = { kafka: true, redis: true, clickhouse: true }
let folder: string
const dataDir = () => join(folder, 'stack')

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinora-stack-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('a local stack', () => {
  it('is found by other processes for as long as its owner lives, and has one owner', async () => {
    const owner = await ownProcess<Endpoints>('test/helpers/start-part.ts', ['stack', dataDir()])
    const found = await findRunningStack(dataDir())
    expect(found).toEqual({ pid: owner.child.pid, ...owner.told })
    const warehouse = openWarehouse({ url: found!.clickhouseUrl!, database: 'default' })
    expect(await warehouse.rows('SELECT 1 AS one')).toEqual([{ one: 1 }])
    await warehouse.close()
    await expect(startLocalStack({ dataDir: dataDir(), cacheDir, logger, need })).rejects.toMatchObject({
      code: 'STACK_FAILED',
      message: expect.stringContaining(`process ${owner.child.pid!}`),
    })
    await owner.kill()
    expect(await findRunningStack(dataDir())).toBeUndefined()
  })

  it('starts again on the folder of an owner that was killed, at the same addresses', async () => {
    const before = JSON.parse(await readFile(join(dataDir(), 'stack.json'), 'utf8')) as Endpoints
    const stack = await startLocalStack({ dataDir: dataDir(), cacheDir, logger, need })
    const { brokers, redisUrl, clickhouseUrl } = stack
    expect(before).toMatchObject({ brokers, redisUrl, clickhouseUrl })
    expect(await findRunningStack(dataDir())).toMatchObject({ pid: process.pid, brokers })
    await Promise.all([stack.stop(), stack.stop()])
    expect(await findRunningStack(dataDir())).toBeUndefined()
    expect(await readdir(dataDir())).not.toContain('stack.json')
  })

  it('starts only what is needed', async () => {
    const stack = await startLocalStack({ dataDir: dataDir(), cacheDir, logger, need: { redis: true } })
    expect(stack).toMatchObject({ redisUrl: expect.any(String) })
    expect(stack).not.toHaveProperty('brokers')
    expect(stack).not.toHaveProperty('clickhouseUrl')
    await stack.stop()
  })

  it('tells its owner when a part dies, and not when it was stopped', async () => {
    const stack = await startLocalStack({ dataDir: dataDir(), cacheDir, logger, need: { redis: true } })
    let failure: unknown
    void stack.failed.then((error) => (failure = error))
    const { Redis } = await import('ioredis')
    const client = new Redis(stack.redisUrl!, { retryStrategy: () => null })
    client.on('error', () => undefined)
    await client.call('SHUTDOWN', 'NOSAVE').catch(() => undefined)
    expect(await stack.failed).toMatchObject({
      code: 'STACK_FAILED',
      message: expect.stringMatching(/^Redis ended \(exit 0\)/),
    })
    client.disconnect()
    await stack.stop()

    failure = undefined
    const quiet = await startLocalStack({ dataDir: dataDir(), cacheDir, logger, need: { redis: true } })
    void quiet.failed.then((error) => (failure = error))
    await quiet.stop()
    expect(failure).toBeUndefined()
  })

  it('leaves nothing running and the folder free when a part does not start', async () => {
    const broken = await mkdtemp(join(folder, 'broken-'))
    await writeFile(join(broken, 'clickhouse'), 'a file where a folder should be')
    await expect(startLocalStack({ dataDir: broken, cacheDir, logger, need })).rejects.toThrow()
    await rm(join(broken, 'clickhouse'))
    const stack = await startLocalStack({ dataDir: broken, cacheDir, logger, need: { redis: true, clickhouse: true } })
    await stack.stop()
  })
})
