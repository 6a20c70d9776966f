import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { isAlive, isHeld, takeLock, type Lock } from '../../../stores/lock-file.js'
import { processIdentity } from '../../../stores/process-identity.js'

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinora-lock-'))
  path = join(folder, 'deep', 'stack.lock')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Of a process that has ended. */
const deadPid = (): number => spawnSync('sh', ['-c', ':']).pid

describe('a lock between processes', () => {
  it('has one holder, and says which', async () => {
    const mine = await takeLock(path)
    expect(isHeld(mine)).toBe(false)
    expect(await takeLock(path)).toMatchObject({ pid: process.pid })
    await (mine as Lock).release()
    expect(isHeld(await takeLock(path))).toBe(false)
  })

  it('is taken over from a process that has ended', async () => {
    await mkdir(dirname(path))
    await writeFile(`${path}.7`, JSON.stringify({ pid: deadPid(), identity: 'x' }))
    expect(isHeld(await takeLock(path))).toBe(false)
    expect(JSON.parse(await readFile(`${path}.8`, 'utf8'))).toMatchObject({ pid: process.pid })
  })

  it('is taken over when the pid now belongs to another process', async () => {
    await mkdir(dirname(path))
    await writeFile(`${path}.7`, JSON.stringify({ pid: process.pid, identity: 'started at another time' }))
    expect(isHeld(await takeLock(path))).toBe(false)
  })

  it('goes to exactly one of many that find a dead holder at once', async () => {
    await mkdir(dirname(path))
    for (let round = 0; round < 20; round += 1) {
      const lock = `${path}-${round}`
      await writeFile(`${lock}.1`, JSON.stringify({ pid: deadPid(), identity: 'x' }))
      const results = await Promise.all(Array.from({ length: 8 }, () => takeLock(lock)))
      expect(results.filter((result) => !isHeld(result))).toHaveLength(1)
    }
  })

  it('has at most one holder while many take and release it', async () => {
    let holders = 0
    let turns = 0
    const worker = async (): Promise<void> => {
      while (turns < 60) {
        const lock = await takeLock(path)
        if (isHeld(lock)) continue
        holders += 1
        turns += 1
        expect(holders).toBe(1)
        await readdir(folder)
        holders -= 1
        await lock.release()
      }
    }
    await Promise.all([worker(), worker(), worker(), worker()])
  })

  it('leaves nothing but itself in the folder', async () => {
    await takeLock(path)
    await takeLock(path)
    expect(await readdir(join(folder, 'deep'))).toEqual(['stack.lock.1'])
  })
})

describe('the identity of a process', () => {
  it('is the same as long as it runs, and gone with it', async () => {
    const identity = (await processIdentity(process.pid)) ?? ''
    expect(await processIdentity(process.pid)).toBe(identity)
    expect(await processIdentity(1)).not.toBe(identity)
    expect(await processIdentity(deadPid())).toBeUndefined()
    expect(await isAlive({ pid: process.pid, identity })).toBe(true)
  })
})
