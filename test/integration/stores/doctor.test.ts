import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { pino } from 'pino'
import { examine, type Check } from '../../../stores/doctor.js'
import { freePort } from '../../../stores/ports.js'
import { ownProcess } from '../../helpers/own-process.js'
import { startTestStack } from '../../helpers/stack.js'

const logger = pino({ level: 'silent' })
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinora-doctor-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const named = (checks: readonly Check[], name: string): Check | undefined => checks.find((check) => check.name === name)

describe('kinora doctor', () => {
  it('finds the stores that are configured, with their versions', async () => {
    const { brokers, redisUrl, clickhouseUrl } = await startTestStack({ kafka: true, redis: true, clickhouse: true })
    const checks = await examine({
      dataDir: folder,
      cacheDir: folder,
      kafka: { brokers: [brokers] },
      redis: { url: redisUrl },
      clickhouse: { url: clickhouseUrl },
      logger,
    })
    expect(checks.filter((check) => !check.ok)).toEqual([])
    expect(named(checks, 'KAFKA_BROKERS')?.detail).toBe(`${brokers}: 1 broker`)
    expect(named(checks, 'REDIS_URL')?.detail).toMatch(/Redis \d+\.\d+\.\d+$/)
    expect(named(checks, 'CLICKHOUSE_URL')?.detail).toMatch(/ClickHouse \d+\.\d+/)
    expect(named(checks, 'java')).toBeUndefined()
  }, 120_000)

  it('says what does not answer, and never the password', async () => {
    const port = await freePort()
    const checks = await examine({
      dataDir: folder,
      cacheDir: folder,
      kafka: { brokers: [`127.0.0.1:${port}`] },
      redis: { url: `redis://user:secret@127.0.0.1:${port}` },
      clickhouse: { url: `http://user:secret@127.0.0.1:${port}` },
      logger,
    })
    const failing = checks.filter((check) => !check.ok)
    expect(failing.map((check) => check.name)).toEqual(['KAFKA_BROKERS', 'REDIS_URL', 'CLICKHOUSE_URL'])
    for (const check of failing) expect(check.mend).toContain(check.name)
    expect(JSON.stringify(checks)).not.toContain('secret')
  }, 60_000)

  it('finds what the local stack needs on this machine', async () => {
    const checks = await examine({ dataDir: join(folder, 'not', 'yet'), cacheDir: folder, logger })
    expect(checks.filter((check) => !check.ok)).toEqual([])
    expect(named(checks, 'chdb')?.detail).toMatch(/^chdb 3\..*ClickHouse \d+/)
    expect(named(checks, 'java')?.detail).toMatch(/^Java \d+/)
    expect(named(checks, 'local stack')?.detail).toBe('not running')
  })

  it('says what is missing and how to mend it', async () => {
    const oldJava = '#!/bin/sh\necho \'openjdk version "11.0.2" (build 11.0.2+9)\' >&2\n'
    await writeFile(join(folder, 'java'), oldJava, { mode: 0o755 })
    const args = ['doctor', '/proc/kinora', folder]
    const { told: checks } = await ownProcess<Check[]>('test/helpers/start-part.ts', args, { PATH: folder })
    const failing = checks.filter((check) => !check.ok)
    expect(failing.map((check) => check.name)).toEqual(['data folder', 'java', 'kafka jars', 'redis-server'])
    expect(failing.map((check) => check.mend)).toEqual([
      expect.stringContaining('KINORA_DATA_DIR'),
      expect.stringContaining('Java 17'),
      expect.stringContaining('Maven'),
      expect.stringContaining('REDIS_URL'),
    ])
  })
})
