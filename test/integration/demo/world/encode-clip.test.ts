import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { rawFrame } from '../../../../demo/world/pictures/encode-clip.js'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const SIDE = 128
const grey = { size: SIDE, rgb: Buffer.alloc(SIDE * SIDE * 3, 100) }

describe('a frame for the encoder', () => {
  it('keeps its pixels for as long as it lives', async () => {
    const frames = Array.from({ length: 20 }, (_, n) => rawFrame(grey, n, 8))
    collectGarbage()
    await delay(100) // memory is given back in the background
    collectGarbage()
    const brightness = frames.map((frame) => new Set(frame.toBuffer().subarray(0, SIDE * SIDE)))
    for (const levels of brightness) expect([...levels]).toEqual([102])
    for (const frame of frames) frame.free()
  })
})
