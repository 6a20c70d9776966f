import { relative } from 'node:path'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { AV_LOG_QUIET } from 'node-av/constants'
import { Log } from 'node-av/lib'
import sharp from 'sharp'
import { openInput } from '../../../../models/media/clip-input.js'
import { readFrames } from '../../../../models/media/clip.js'
import { defaultLimits } from '../../../../models/media/limits.js'
import { mediaPath } from '../../../helpers/media-fixtures.js'

beforeAll(() => Log.setLevel(AV_LOG_QUIET))

const broken = expect.objectContaining({ code: 'MEDIA_BROKEN' })

describe('what FFmpeg may open', () => {
  it('is none of its other formats, whatever a file begins with', async () => {
    const picture = { create: { width: 64, height: 48, channels: 3, background: 'red' } } as const
    const gif = Buffer.concat([await sharp(picture).gif().toBuffer(), Buffer.alloc(200)])
    gif.write('G', 188) // begins as MPEG-TS now
    expect(() => readFrames(gif, { size: 112, count: 8 }, defaultLimits)).toThrow(broken)
    openInput(gif, 'gif').close()
  })

  it('is no other file, even for a format that asks for one', () => {
    const list = Buffer.from(`ffconcat version 1.0\nfile ${relative(process.cwd(), mediaPath('ball.mp4'))}\n`)
    expect(() => openInput(list, 'concat,mov')).toThrow(broken)
  })
})
