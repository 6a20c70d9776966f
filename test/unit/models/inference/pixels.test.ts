import { describe, expect, it } from '@jest/globals'
import { normaliser } from '../../../../models/inference/pixels.js'

const normalise = normaliser({
  ...{ size: 2, resize: 'bicubic, aspect squashed', scale: 1 / 255 },
  ...{ mean: [0.5, 0.4, 0.3], std: [0.2, 0.25, 0.5] },
})

describe('pixels', () => {
  it('become planes of red, green and blue, normalised, picture by picture', () => {
    const picture = [255, 0, 0, 0, 255, 0, 0, 0, 255, 51, 51, 51]
    const planes = [2.5, -2.5, -2.5, -1.5, -1.6, 2.4, -1.6, -0.8, -0.6, -0.6, 1.4, -0.2]
    const found = normalise(Uint8Array.from([...picture, ...Array<number>(12).fill(51)]))
    const grey = [-1.5, -0.8, -0.2].flatMap((value) => Array<number>(4).fill(value))
    expect([...found]).toEqual([...planes, ...grey].map((value) => expect.closeTo(value, 6) as unknown))
  })

  it('of a smaller batch are not those of the larger one before it', () => {
    normalise(Uint8Array.from(Array<number>(24).fill(255)))
    const found = normalise(Uint8Array.from(Array<number>(12).fill(51)))
    const grey = [-1.5, -0.8, -0.2].flatMap((value) => Array<number>(4).fill(value))
    expect([...found]).toEqual(grey.map((value) => expect.closeTo(value, 6) as unknown))
  })
})
