import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import sharp, { type Sharp } from 'sharp'
import { defaultLimits, type MediaLimits } from '../../../../models/media/limits.js'
import { readPicture } from '../../../../models/media/picture.js'
import { differenceOf, expectedPixels, mediaBytes, mediaNames } from '../../../helpers/media-fixtures.js'

describe('pictures as training sees them', () => {
  it.each(mediaNames('.jpg', '.png', '.webp'))('%s', async (name) => {
    const pixels = await readPicture(mediaBytes(name), 112, defaultLimits)
    expect(differenceOf(pixels, await expectedPixels(name))).toEqual({ mean: 0, max: 0 })
  })
})

/** Levels of noise: what a decoder cannot make smaller. */
const noise = (width: number, height: number, channels: 3 | 4 = 3): Sharp => {
  const data = Uint8Array.from({ length: width * height * channels }, (_, index) => (index * 2654435761) >>> 24)
  return sharp(data, { raw: { width, height, channels } })
}
const read = (bytes: Uint8Array, limits: Partial<MediaLimits> = {}) =>
  readPicture(bytes, 112, { ...defaultLimits, ...limits })
const flat = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: 'red' }, limitInputPixels: false })

describe('hostile pictures', () => {
  const kinds = { jpeg: () => noise(64, 48).jpeg(), png: () => noise(64, 48).png(), webp: () => noise(64, 48).webp() }

  it.each(Object.entries(kinds))('a %s cut off anywhere is broken, or still whole', async (_, picture) => {
    const whole = await picture().toBuffer()
    const pixels = await read(whole)
    for (let length = 12; length < whole.length; length += Math.ceil(whole.length / 40)) {
      const outcome = await read(whole.subarray(0, length)).catch((error: unknown) => error)
      // The last bytes of a PNG are a mark of its end, and nobody needs them.
      if (length > whole.length - 16 && outcome instanceof Uint8Array) expect(outcome).toEqual(pixels)
      else expect(outcome).toMatchObject({ code: 'MEDIA_BROKEN', retriable: false })
    }
  })

  it.each(['empty', 'gif', 'svg', 'tiff', 'text'])('%s is no picture', async (kind) => {
    const bytes = {
      empty: Buffer.alloc(0),
      gif: await noise(8, 8).gif().toBuffer(),
      svg: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      tiff: await noise(8, 8).tiff().toBuffer(),
      text: Buffer.from('not a picture at all'),
    }[kind]!
    await expect(read(bytes)).rejects.toMatchObject({ code: 'MEDIA_UNSUPPORTED' })
  })

  it('too many pixels are refused before they are decoded', async () => {
    const bomb = await flat(16_000, 16_000).png({ compressionLevel: 9 }).toBuffer()
    expect(bomb.length).toBeLessThan(2 ** 20)
    const before = process.memoryUsage.rss()
    await expect(read(bomb)).rejects.toMatchObject({
      code: 'MEDIA_TOO_LARGE',
      message: expect.stringContaining('16000 × 16000'),
    })
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 2 ** 20)
  }, 20_000)

  it('the limit of pixels itself is allowed', async () => {
    const picture = await noise(64, 48).png().toBuffer()
    await expect(read(picture, { pixels: 64 * 48 })).resolves.toHaveLength(112 * 112 * 3)
    await expect(read(picture, { pixels: 64 * 48 - 1 })).rejects.toMatchObject({ code: 'MEDIA_TOO_LARGE' })
  })

  it('random bytes, and pictures with random bytes in them, are decoded or refused with a code', async () => {
    const pictures = await Promise.all(Object.values(kinds).map((picture) => picture().toBuffer()))
    const damaged = fc
      .tuple(fc.constantFrom(...pictures), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 20 }))
      .map(([picture, changes]) => {
        const bytes = Buffer.from(picture)
        for (const [at, value] of changes) bytes[at % bytes.length] = value
        return new Uint8Array(bytes)
      })
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 300 }), damaged), async (bytes) => {
        const outcome = await read(bytes).catch((error: unknown) => error)
        if (outcome instanceof Uint8Array) expect(outcome).toHaveLength(112 * 112 * 3)
        else expect(outcome).toMatchObject({ code: expect.stringMatching(/^MEDIA_/) })
      }),
      { numRuns: 300 },
    )
  })
})
