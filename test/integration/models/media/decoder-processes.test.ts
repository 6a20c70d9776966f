import { execFileSync } from 'node:child_process'
import { afterAll, describe, expect, it } from '@jest/globals'
import sharp from 'sharp'
import { packageRoot } from '../../../../config/package-root.js'
import { DecoderChild } from '../../../../models/media/decoder-child.js'
import { defaultLimits } from '../../../../models/media/limits.js'
import { testDecoders } from '../../../helpers/media-decoders.js'
import { mediaPath } from '../../../helpers/media-fixtures.js'
import { ownProcess, runs } from '../../../helpers/own-process.js'
import { until } from '../../../helpers/until.js'

const { open, close } = testDecoders()
afterAll(close)

/** Decoder processes of a process. */
const pids = (owner = process.pid): number[] =>
  execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('decoder-process') && Number(line.trim().split(/\s+/)[1]) === owner)
    .map((line) => Number(line.trim().split(/\s+/)[0]))

/** Dead processes exist until their owner has taken note of their end. */
function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('a decoder that is in trouble', () => {
  const noise = async (side: number) => {
    const data = Uint8Array.from({ length: side * side * 3 }, (_, index) => (index * 2654435761) >>> 24)
    return sharp(data, { raw: { width: side, height: side, channels: 3 } })
      .png({ compressionLevel: 1 })
      .toBuffer()
  }

  it('takes too long: it is ended, and the next one goes on', async () => {
    const hasty = open({ timeoutMs: 5 })
    await expect(hasty.decodePicture(await noise(3000))).rejects.toMatchObject({ code: 'MEDIA_TIMEOUT' })
    const patient = open({ timeoutMs: 20_000 })
    await expect(patient.decodePicture(mediaPath('tiny.png'))).resolves.toHaveLength(112 * 112 * 3)
  })

  it('grows too large: the input fails, and the next one is decoded', async () => {
    const poor = open({ memoryMb: 240, pixels: 8000 * 8000 })
    await poor.decodePicture(mediaPath('tiny.png'))
    const picture = sharp({ create: { width: 8000, height: 8000, channels: 3, background: 'red' } }).png()
    await expect(poor.decodePicture(await picture.toBuffer())).rejects.toMatchObject({
      code: 'MEDIA_TOO_LARGE',
      message: expect.stringContaining('240 MB'),
    })
    await expect(poor.decodePicture(mediaPath('tiny.png'))).resolves.toHaveLength(112 * 112 * 3)
  })

  it.each(['SIGSEGV', 'SIGKILL', 'SIGABRT'] as const)('dies of %s: the input has a code', async (signal) => {
    const child = new DecoderChild(defaultLimits.memoryMb)
    const job = { size: 112, frames: undefined, limits: defaultLimits }
    await child.run({ ...job, source: mediaPath('tiny.png') })
    const big = child.run({ ...job, source: await noise(3000) })
    process.kill(child.pid!, signal)
    await expect(big).rejects.toMatchObject({ code: 'MEDIA_DECODER_DIED', message: expect.stringContaining(signal) })
  })

  it('dies after other inputs: a new one decodes what it was at', async () => {
    const before = pids()
    const fragile = open()
    await fragile.decodePicture(mediaPath('tiny.png'))
    const mine = pids().filter((pid) => !before.includes(pid))
    expect(mine).toHaveLength(1)
    const big = fragile.decodePicture(await noise(2000))
    const next = fragile.decodePicture(mediaPath('tiny.png'))
    process.kill(mine[0]!, 'SIGSEGV')
    for (const pixels of [await big, await next]) expect(pixels).toHaveLength(112 * 112 * 3)
    expect(exists(mine[0]!)).toBe(false)
  })

  it('dies while nobody asks it: nobody notices', async () => {
    const before = pids()
    const fragile = open()
    await fragile.decodePicture(mediaPath('tiny.png'))
    const killed = pids().filter((each) => !before.includes(each))
    for (const pid of killed) process.kill(pid, 'SIGKILL')
    await expect(fragile.decodePicture(mediaPath('tiny.png'))).resolves.toHaveLength(112 * 112 * 3)
  })
})

describe('a decoder that cannot start', () => {
  it('for want of files: the input fails, and the next one is decoded when there are some', () => {
    const script = 'ulimit -n 200; exec "$0" --import tsx test/helpers/media-without-files.ts'
    const said = execFileSync('sh', ['-c', script, process.execPath], { cwd: packageRoot(), encoding: 'utf8' })
    expect(JSON.parse(said)).toEqual({ without: 'MEDIA_DECODER_ABSENT', later: 112 * 112 * 3 })
  })

  it('because nobody can even try: the input fails, and the decoders close', async () => {
    const notAnArgument = '\0' as unknown as number
    const impossible = open({ memoryMb: notAnArgument })
    await expect(impossible.decodePicture(mediaPath('tiny.png'))).rejects.toThrow('null bytes')
    await impossible.close()
  })
})

describe('the queue', () => {
  it('is bounded', async () => {
    const narrow = open({}, { queueLimit: 2 })
    const three = [1, 2, 3].map(() => narrow.decodePicture(mediaPath('tiny.png')))
    await expect(narrow.decodePicture(mediaPath('tiny.png'))).rejects.toMatchObject({
      code: 'MEDIA_QUEUE_FULL',
      retriable: true,
    })
    for (const pixels of await Promise.all(three)) expect(pixels).toHaveLength(112 * 112 * 3)
  })

  it('is answered to its end when the decoders are closed, and then no process is left', async () => {
    const before = pids()
    const closing = open({}, { processes: 2 })
    const five = [1, 2, 3, 4, 5].map(() => closing.decodePicture(mediaPath('tiny.png')))
    const closed = closing.close()
    await expect(closing.decodePicture(mediaPath('tiny.png'))).rejects.toMatchObject({ code: 'MEDIA_CLOSED' })
    for (const pixels of await Promise.all(five)) expect(pixels).toHaveLength(112 * 112 * 3)
    await closed
    await until(() => pids().every((pid) => before.includes(pid)) || undefined, { withinMs: 5000 })
  })
})

describe('a decoder that has done enough', () => {
  it('makes room for a new one', async () => {
    const before = pids()
    const renewed = open({}, { renewAfterJobs: 2 })
    const afterJob = async () => {
      await renewed.decodePicture(mediaPath('tiny.png'))
      return pids().filter((pid) => !before.includes(pid))
    }
    const first = await afterJob()
    expect(first).toHaveLength(1)
    expect(await afterJob()).toEqual([])
    const second = await afterJob()
    expect(second).toHaveLength(1)
    expect(second).not.toEqual(first)
  })
})

describe('whoever takes a decoder over', () => {
  it('finds no secrets in it', async () => {
    const owner = await ownProcess('test/helpers/media-owner.ts', [], { KINORA_TEST_SECRET: 'of its owner' })
    const [decoder] = pids(owner.child.pid)
    const environmentOf = (pid: number) =>
      execFileSync('ps', ['eww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
    expect(environmentOf(owner.child.pid!)).toContain('KINORA_TEST_SECRET=of its owner')
    expect(environmentOf(decoder!)).toContain('decoder-process')
    expect(environmentOf(decoder!)).not.toContain('KINORA_TEST_SECRET')
    await owner.kill()
  })
})

describe('an owner that is killed', () => {
  it('leaves no decoder behind', async () => {
    const owner = await ownProcess('test/helpers/media-owner.ts', [])
    const [decoder] = pids(owner.child.pid)
    expect(runs(decoder!)).toBe(true)
    await owner.kill()
    await until(() => !runs(decoder!) || undefined, { withinMs: 5000 })
  })

  it('leaves none behind whose main thread hangs and hears of nothing', async () => {
    const owner = await ownProcess<{ hung: number }>('test/helpers/hung-process.ts', [])
    expect(runs(owner.told.hung)).toBe(true)
    await owner.kill()
    await until(() => !runs(owner.told.hung) || undefined, { withinMs: 5000 })
  })
})
