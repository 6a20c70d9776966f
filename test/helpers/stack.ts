import { randomUUID } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { closeSync, openSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findRunningStack, type Endpoints } from '../../stores/local-stack.js'
import { runTypeScript } from './run-typescript.js'
import { until } from './until.js'

export interface TestStackNeeds {
  readonly kafka?: boolean
  readonly redis?: boolean
  readonly clickhouse?: boolean
}

/**
 * Real services for tests, each in a process of its own that ends with this one and removes its data.
 * The test files that one jest worker runs share them, so every name in a test (topic, group, key, database) must be
 * its own: see `uniqueNamespace`. Nothing to stop. A test that kills or restarts a service starts its own instead.
 */
export async function startTestStack(needs: TestStackNeeds): Promise<Required<Endpoints>> {
  const names = (['kafka', 'redis', 'clickhouse'] as const).filter((name) => needs[name])
  const parts = await Promise.all(names.map(startPart))
  return { ...absent, ...Object.assign({}, ...parts) } as Required<Endpoints>
}

/** A namespace that no other test uses. */
export const uniqueNamespace = (): string => `test-${randomUUID().slice(0, 8)}`

const absent: Required<Endpoints> = { brokers: '', redisUrl: '', clickhouseUrl: '' }

async function startPart(name: string): Promise<Endpoints> {
  const folder = join(tmpdir(), `${process.env.KINORA_TEST_SERVICES ?? 'kinora-test-'}${process.pid}-${name}`)
  const running = await findRunningStack(folder)
  if (running) return running
  await mkdir(folder, { recursive: true })
  const logFile = `${folder}.log`
  await writeFile(logFile, '')
  const log = openSync(logFile, 'a')
  const owner = runTypeScript('test/helpers/stack-owner.ts', [folder, name], ['pipe', log, log])
  closeSync(log)
  owner.unref()
  ;(owner.stdin as unknown as { unref(): void }).unref()
  const started = await until(
    async () => {
      if (owner.exitCode !== null) throw new Error(`${name} did not start:\n${await readFile(logFile, 'utf8')}`)
      return findRunningStack(folder)
    },
    { withinMs: 120_000 },
  )
  return started
}
