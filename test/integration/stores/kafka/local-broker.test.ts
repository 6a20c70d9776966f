import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Admin } from 'kafkajs'
import { pino } from 'pino'
import { connectKafka } from '../../../../stores/kafka/client.js'
import { startKafka, type LocalBroker } from '../../../../stores/kafka/local-broker.js'
import { cacheDir } from '../../../helpers/cache-dir.js'
import { ownProcess, runs } from '../../../helpers/own-process.js'
import { until } from '../../../helpers/until.js'

const logger = pino({ level: 'silent' })
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinora-broker-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const connect = (brokers: string) => connectKafka({ brokers: [brokers] }, logger)

async function withAdmin<Result>(brokers: string, task: (admin: Admin) => Promise<Result>): Promise<Result> {
  const admin = connect(brokers).admin()
  await admin.connect()
  try {
    return await task(admin)
  } finally {
    await admin.disconnect()
  }
}

async function createTopic(brokers: string, topic: string): Promise<void> {
  await withAdmin(brokers, async (admin) => {
    await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions: 1, replicationFactor: 1 }] })
    await until(async () => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
      return topics[0]?.partitions[0]?.leader === 1
    })
  })
}

async function send(brokers: string, topic: string, values: readonly (string | Buffer)[]): Promise<void> {
  const producer = connect(brokers).producer({ idempotent: true })
  await producer.connect()
  await producer.send({ topic, messages: values.map((value) => ({ value })) })
  await producer.disconnect()
}

const endOf = (brokers: string, topic: string): Promise<number> =>
  withAdmin(brokers, async (admin) => Number((await admin.fetchTopicOffsets(topic))[0]!.high))

describe('a local broker', () => {
  const dataDir = () => join(folder, 'kept')
  const start = (): Promise<LocalBroker> => startKafka({ dataDir: dataDir(), cacheDir, logger })

  it('answers as soon as it has started, on 127.0.0.1 only', async () => {
    const broker = await start()
    expect(broker.brokers).toMatch(/^127\.0\.0\.1:\d+$/)
    const cluster = await withAdmin(broker.brokers, (admin) => admin.describeCluster())
    expect(cluster.brokers).toEqual([{ nodeId: 1, host: '127.0.0.1', port: Number(broker.brokers.split(':')[1]) }])
    await createTopic(broker.brokers, 'kept')
    await send(broker.brokers, 'kept', ['a', 'b', 'c'])
    await broker.stop()
    expect(runs(broker.pid)).toBe(false)
    expect(await broker.exited).toBe('SIGTERM')
  })

  it('keeps its data and its address over a restart', async () => {
    const before = await readFile(join(dataDir(), 'port'), 'utf8')
    const broker = await start()
    expect(broker.brokers).toBe(`127.0.0.1:${before}`)
    expect(await endOf(broker.brokers, 'kept')).toBe(3)
    await broker.stop()
  })

  it('takes records of 8 MB and offset metadata of 32,767 characters', async () => {
    const broker = await start()
    await send(broker.brokers, 'kept', [Buffer.alloc(8 * 1024 * 1024 - 1024)])
    const metadata = 'm'.repeat(32_767)
    await withAdmin(broker.brokers, async (admin) => {
      const consumer = connect(broker.brokers).consumer({ groupId: 'g' })
      await consumer.connect()
      await consumer.subscribe({ topic: 'kept' })
      await consumer.run({ autoCommit: false, eachBatch: () => Promise.resolve() })
      await until(async () => {
        await consumer.commitOffsets([{ topic: 'kept', partition: 0, offset: '3', metadata }]).catch(() => undefined)
        const [found] = await admin.fetchOffsets({ groupId: 'g', topics: ['kept'] })
        return found?.partitions[0]?.metadata?.length === metadata.length
      })
      await consumer.disconnect()
    })
    await broker.stop()
  })

  it('ends with its owner, SIGKILL included, and comes back with every record', async () => {
    const owner = await ownProcess<{ brokers: string; pid: number }>('test/helpers/start-part.ts', ['kafka', dataDir()])
    const { brokers, pid } = owner.told
    await send(brokers, 'kept', ['after', 'the', 'rest'])
    const end = await endOf(brokers, 'kept')
    expect(runs(pid)).toBe(true)
    await owner.kill()
    await until(() => !runs(pid), { withinMs: 2_000, everyMs: 5 })
    const broker = await start()
    expect(await endOf(broker.brokers, 'kept')).toBe(end)
    await broker.stop()
  })

  it('moves to another port when its own is taken, unless one was asked for', async () => {
    const port = Number(await readFile(join(dataDir(), 'port'), 'utf8'))
    const squatter = createServer()
    await new Promise<void>((resolve) => squatter.listen(port, '127.0.0.1', resolve))
    await expect(startKafka({ dataDir: dataDir(), cacheDir, logger, port })).rejects.toMatchObject({
      code: 'STACK_FAILED',
      message: expect.stringContaining(`port ${port}`),
    })
    const broker = await start()
    expect(broker.brokers).not.toBe(`127.0.0.1:${port}`)
    await broker.stop()
    squatter.close()
  })

  it('names the log, with its last lines, when the broker does not come up', async () => {
    const broken = join(folder, 'broken')
    await mkdir(join(broken, 'data'), { recursive: true })
    await writeFile(join(broken, 'data', 'meta.properties'), 'version=1\nnode.id=7\ncluster.id=x\n')
    const error: unknown = await startKafka({ dataDir: broken, cacheDir, logger }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'STACK_FAILED', message: expect.stringContaining(join(broken, 'kafka.log')) })
    expect(String(error)).toMatch(/node\.id|directory\.id|meta\.properties/)
  })

  it('tells its owner when it dies', async () => {
    const broker = await start()
    process.kill(broker.pid, 'SIGKILL')
    expect(await broker.exited).toBe('SIGKILL')
    await broker.stop()
  })
})

describe('the jars', () => {
  it('are fetched once by processes that start together, and a broken download leaves nothing behind', async () => {
    const cache = join(folder, 'cache')
    const dataDirs = [join(folder, 'one'), join(folder, 'two')]
    const owners = await Promise.all(
      dataDirs.map((dataDir) =>
        ownProcess<{ brokers: string }>('test/helpers/start-part.ts', ['kafka', dataDir, cache]),
      ),
    )
    expect(owners.map(({ told }) => told.brokers)).toEqual([expect.any(String), expect.any(String)])
    await Promise.all(owners.map((owner) => owner.kill()))
    const names = await readdir(cache)
    expect(names.filter((name) => name.startsWith('kafka-') && existsSync(join(cache, name, 'pom.xml')))).toHaveLength(
      1,
    )
    expect(names.filter((name) => name.startsWith('.'))).toEqual([])
  }, 180_000)

  it.each([
    ['java', 'Java 17 or later', 'mvn'],
    ['mvn', 'Maven 3.6 or later', 'java'],
  ])('say that %s is missing', async (_, mend, present) => {
    const bin = await mkdtemp(join(folder, 'bin-'))
    const { symlink } = await import('node:fs/promises')
    const { execFileSync } = await import('node:child_process')
    for (const name of [present, 'sh', 'node']) {
      await symlink(execFileSync('which', [name], { encoding: 'utf8' }).trim(), join(bin, name))
    }
    const owner = await ownProcess<{ code: string; message: string }>(
      'test/helpers/start-part.ts',
      ['kafka', join(folder, 'nothing'), join(folder, 'empty-cache')],
      { PATH: bin },
    )
    expect(owner.told).toEqual({ code: 'STACK_FAILED', message: expect.stringContaining(mend) })
  })

  it('say why Maven could not get them', async () => {
    const bin = await mkdtemp(join(folder, 'bin-'))
    await writeFile(join(bin, 'mvn'), '#!/bin/sh\necho "[ERROR] no route to the repository"\nexit 1\n', { mode: 0o755 })
    const owner = await ownProcess<{ code: string; message: string }>(
      'test/helpers/start-part.ts',
      ['kafka', join(folder, 'nothing'), join(folder, 'empty-cache')],
      { PATH: `${bin}:${process.env['PATH'] ?? ''}` },
    )
    expect(owner.told.code).toBe('STACK_FAILED')
    expect(owner.told.message).toMatch(/kafka-download\.log[\s\S]*no route to the repository/)
    expect(await readdir(join(folder, 'empty-cache'))).toEqual(
      expect.not.arrayContaining([expect.stringMatching(/^\./)]),
    )
  })
})
