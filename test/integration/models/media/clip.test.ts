import { beforeAll, describe, expect, it } from '@jest/globals'
import { AV_LOG_QUIET } from 'node-av/constants'
import { Log } from 'node-av/lib'
import { openClip } from '../../../../models/media/clip-file.js'
import { framesOf, openDecoder, secondsOf } from '../../../../models/media/clip-frames.js'
import { readFrames } from '../../../../models/media/clip.js'
import { defaultLimits } from '../../../../models/media/limits.js'
import { quarterTurns } from '../../../../models/media/pixels.js'
import { differenceOf, expectedPixels, mediaBytes, mediaNames } from '../../../helpers/media-fixtures.js'

beforeAll(() => Log.setLevel(AV_LOG_QUIET))

const wanted = { size: 112, count: 8 }

describe('frames as training sees them', () => {
  it.each(mediaNames('.mp4', '.webm', '.mkv', '.mpegts'))('%s', async (name) => {
    const frames = readFrames(mediaBytes(name), wanted, defaultLimits)
    expect(differenceOf(frames, await expectedPixels(name))).toEqual({ mean: 0, max: 0 })
  })

  it('another size and count', () => {
    expect(readFrames(mediaBytes('ball.mp4'), { size: 32, count: 3 }, defaultLimits)).toHaveLength(3 * 32 * 32 * 3)
  })
})

describe('a live recording, which does not say how long it is', () => {
  it.each([
    ['live.webm', 2.583],
    ['live.mkv', 2.5], // its last packet is not its last frame
  ])('%s lasts from its first frame to the end of its last', (name, seconds) => {
    const file = openClip(mediaBytes(name), defaultLimits)
    file.close()
    expect(file.seconds).toBe(seconds)
  })

  it('is refused when it is too long', () => {
    const frames = (clipSeconds: number) =>
      readFrames(mediaBytes('live.mkv'), wanted, { ...defaultLimits, clipSeconds })
    expect(frames(2.5)).toHaveLength(8 * 112 * 112 * 3)
    expect(() => frames(2.49)).toThrow(expect.objectContaining({ code: 'MEDIA_TOO_LARGE' }))
  })
})

describe('frames that nobody asks for', () => {
  const momentsOf = (name: string, isAfterNext: (moment: number) => boolean | undefined) => {
    const file = openClip(mediaBytes(name), defaultLimits)
    const decoder = openDecoder(file.stream, defaultLimits.pixels)
    const moments = Array.from(framesOf(file, decoder, isAfterNext), (frame) => secondsOf(frame.pts, file.stream))
    decoder.freeContext()
    file.close()
    return moments
  }

  it('are not decoded when a key frame comes before the moment', () => {
    const all = momentsOf('many-keys.mp4', () => true)
    expect(all).toHaveLength(124)
    // Key frames are 7 apart: at 12 a second, the last one before the fifth second is frame 56.
    const late = momentsOf('many-keys.mp4', (moment) => moment > 5)
    expect(late[0]).toBeCloseTo(56 / 12)
    expect(late).toEqual(all.slice(56))
  })
})

describe('turning', () => {
  const matrix = (...[a, b, c, d]: readonly number[]) => {
    const values = [a!, b!, 0, c!, d!, 0, 0, 0, 1 << 30]
    return Buffer.from(Int32Array.from(values, (value, index) => (index < 5 ? value * 65_536 : value)).buffer)
  }

  it.each([
    [0, 'upright', [1, 0, 0, 1]],
    [1, 'left', [0, -1, 1, 0]],
    [2, 'over', [-1, 0, 0, -1]],
    [3, 'right', [0, 1, -1, 0]],
    [0, 'mirrored', [-1, 0, 0, 1]],
    [0, 'skewed', [1, 1, -1, 1]],
    [0, 'nothing', [0, 0, 0, 0]],
  ])('%i times for %s', (turns, _, values) => expect(quarterTurns(matrix(...values))).toBe(turns))

  it('none without a matrix, or with half of one', () => {
    expect(quarterTurns(null)).toBe(0)
    expect(quarterTurns(Buffer.alloc(16))).toBe(0)
  })
})
