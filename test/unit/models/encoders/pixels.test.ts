import { describe, expect, it } from '@jest/globals'
import { normaliser } from '../../../../models/encoders/pixels.js'

const normalise = normaliser({
  ...{ size: 2, resize: 'bicubic, aspect squashed', scale: 1 / 255 },
  ...{ mean: [0.5, 0.4, 0.3], std: [0.2, 0.25, 0.5] },
})

describe('pixels', () => {
  it('become planes of red, green and blue, normalised', () => {
    const planes = normalise(Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 51, 51, 51))
    const expected = [2.5, -2.5, -2.5, -1.5, -1.6, 2.4, -1.6, -0.8, -0.6, -0.6, 1.4, -0.2]
    expect([...planes]).toEqual(expected.map((value) => expect.closeTo(value, 6) as unknown))
  })

  it('of another size are refused', () => {
    expect(() => normalise(new Uint8Array(9))).toThrow(/a picture of 9 levels, not 2 × 2 × 3/)
  })
})
