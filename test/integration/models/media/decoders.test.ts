import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { MediaDecoders } from '../../../../models/media/decoders.js'
import { testDecoders } from '../../../helpers/media-decoders.js'
import { differenceOf, expectedPixels, mediaBytes, mediaPath } from '../../../helpers/media-fixtures.js'

const { open, close } = testDecoders()
const folder = mkdtempSync(join(tmpdir(), 'kinora-media-'))
const inFolder = (name: string, bytes: Uint8Array): string => {
  writeFileSync(join(folder, name), bytes)
  return join(folder, name)
}
afterAll(async () => {
  await close()
  rmSync(folder, { recursive: true })
})

let decoders: MediaDecoders
beforeAll(() => {
  decoders = open({}, { processes: 2 })
})

describe('decoders', () => {
  it.each(['sunset.jpg', 'badge.png', 'waves.webp', 'cmyk.jpg'])('%s, as bytes and as a file', async (name) => {
    const expected = await expectedPixels(name)
    for (const source of [mediaBytes(name), mediaPath(name)])
      expect(differenceOf(await decoders.decodePicture(source), expected).max).toBe(0)
  })

  it.each(['ball.mp4', 'turned-left.mp4', 'vp9.webm'])('%s, as bytes and as a file', async (name) => {
    const expected = await expectedPixels(name)
    for (const source of [mediaBytes(name), mediaPath(name)])
      expect(differenceOf(await decoders.decodeFrames(source), expected).max).toBe(0)
  })

  it('answer many at once, each with its own', async () => {
    const names = Array.from({ length: 20 }, (_, index) => ['sunset.jpg', 'badge.png', 'tiny.png'][index % 3]!)
    const pixels = await Promise.all(names.map((name) => decoders.decodePicture(mediaPath(name))))
    for (const [index, name] of names.entries())
      expect(differenceOf(pixels[index]!, await expectedPixels(name)).max).toBe(0)
  })
})

describe('hostile clips', () => {
  const scenes = mediaBytes('scenes.mp4')
  const transport = mediaBytes('transport.mpegts')
  /** A clip of 31 frames whose header says another length. */
  const lasting = (seconds: number) => {
    const clip = Buffer.from(mediaBytes('vp9.webm'))
    clip.writeDoubleBE(seconds * 1000, clip.indexOf('448988', 0, 'hex') + 3)
    return clip
  }
  /** A VP8 stream whose key frames say that they are 8000 pixels wide and high; the container knows nothing of it. */
  const bomb = () => {
    const clip = Buffer.from(mediaBytes('vp8.webm'))
    for (let at = clip.indexOf('9d012a', 0, 'hex'); at >= 0; at = clip.indexOf('9d012a', at + 3, 'hex'))
      clip.writeUInt32LE(0x1f401f40, at + 3)
    return clip
  }

  it.each([
    ['nothing', 'MEDIA_UNSUPPORTED', () => Buffer.alloc(0)],
    ['garbage', 'MEDIA_UNSUPPORTED', () => Buffer.alloc(5000, 0x5a)],
    ['a picture', 'MEDIA_UNSUPPORTED', () => mediaBytes('sunset.jpg')],
    ['a playlist', 'MEDIA_UNSUPPORTED', () => Buffer.from(`#EXTM3U\n#EXTINF:1,\nfile://${mediaPath('ball.mp4')}\n`)],
    [
      'a list of files',
      'MEDIA_UNSUPPORTED',
      () => Buffer.from(`ffconcat version 1.0\nfile ${mediaPath('ball.mp4')}\n`),
    ],
    ['sound alone', 'MEDIA_UNSUPPORTED', () => mediaBytes('sound.m4a')],
    ['a codec that is not on the list', 'MEDIA_UNSUPPORTED', () => mediaBytes('mjpeg.mov')],
    ['garbage that begins as MP4', 'MEDIA_BROKEN', () => Buffer.from(`\0\0\0\x20ftypisom${'x'.repeat(3000)}`)],
    ['garbage that begins as WebM', 'MEDIA_BROKEN', () => Buffer.from(`1a45dfa3${'5a'.repeat(3000)}`, 'hex')],
    ['a clip without its end', 'MEDIA_BROKEN', () => scenes.subarray(0, scenes.length * 0.7)],
    ['a clip that ends in a frame', 'MEDIA_BROKEN', () => mediaBytes('header-first.mp4').subarray(0, -800)],
    ['ten hours by its header', 'MEDIA_TOO_LARGE', () => lasting(36_000)],
    ['frames that swell, before there is room for them', 'MEDIA_BROKEN', bomb], // TOO_LARGE once they are decoded
  ])('%s: %s', async (_, code, clip) => {
    await expect(decoders.decodeFrames(clip())).rejects.toMatchObject({ code, retriable: false })
  })

  it('frames of more pixels than allowed', async () => {
    const small = open({ pixels: 160 * 96 - 1 })
    await expect(small.decodeFrames(scenes)).rejects.toMatchObject({
      code: 'MEDIA_TOO_LARGE',
      message: expect.stringContaining('160 × 96'),
    })
  })

  it('a stream without end is cut off by its bytes, whatever is in it', async () => {
    const small = open({ clipBytes: 10 * transport.length })
    const endless = Buffer.concat(Array<Buffer>(11).fill(transport))
    for (const source of [endless, inFolder('endless', endless)])
      await expect(small.decodeFrames(source)).rejects.toMatchObject({ code: 'MEDIA_TOO_LARGE' })
    await expect(small.decodeFrames(endless.subarray(0, 10 * transport.length))).rejects.toMatchObject({
      code: 'MEDIA_BROKEN', // where one part ends and the next begins
    })
  })

  it('one frame is shown eight times', async () => {
    const frames = await decoders.decodeFrames(mediaBytes('single.mp4'))
    const one = frames.subarray(0, 112 * 112 * 3)
    for (let index = 1; index < 8; index++)
      expect(frames.subarray(index * one.length, (index + 1) * one.length)).toEqual(one)
  })

  it('a header that lies a little costs nothing: the last frame is shown for the rest', async () => {
    const frames = await decoders.decodeFrames(lasting(60))
    const last = frames.subarray(-112 * 112 * 3)
    for (let index = 1; index < 8; index++)
      expect(frames.subarray(index * last.length, (index + 1) * last.length)).toEqual(last)
    expect(frames.subarray(0, last.length)).toEqual(last)
  })
})

describe('files that are none', () => {
  it('a pipe nobody writes to, a folder, a device', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')])
    for (const path of [join(folder, 'pipe'), folder, '/dev/zero'])
      await expect(decoders.decodeFrames(path)).rejects.toMatchObject({ code: expect.stringMatching(/MEDIA_/) })
  })

  it('one that is not there', async () => {
    await expect(decoders.decodePicture(join(folder, 'absent'))).rejects.toMatchObject({
      code: 'MEDIA_BROKEN',
      message: expect.stringMatching(/absent.*ENOENT/),
    })
  })
})

describe('whatever bytes come', () => {
  it('are decoded or refused with a code, in time', async () => {
    const clips = ['scenes.mp4', 'header-first.mp4', 'vp8.webm', 'vp9.webm', 'transport.mpegts', 'two.mp4'].map(
      mediaBytes,
    )
    const damaged = fc
      .tuple(fc.constantFrom(...clips), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 30 }), fc.nat(100))
      .map(([clip, changes, kept]) => {
        const bytes = Buffer.from(clip.subarray(0, Math.max(1, (clip.length * Math.min(kept * 2, 100)) / 100)))
        for (const [at, value] of changes) bytes[at % bytes.length] = value
        return new Uint8Array(bytes)
      })
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 400 }), damaged), async (bytes) => {
        const outcome = await decoders.decodeFrames(bytes).catch((error: unknown) => error)
        if (outcome instanceof Uint8Array) expect(outcome).toHaveLength(8 * 112 * 112 * 3)
        else expect(outcome).toMatchObject({ code: expect.stringMatching(/^MEDIA_(UNSUPPORTED|BROKEN|TOO_LARGE)$/) })
      }),
      { numRuns: 600 },
    )
  })
})
