import { describe, expect, it } from '@jest/globals'
import { resizeSquare } from '../../../../models/media/resize.js'
import { differenceOf, expectedPixels } from '../../../helpers/media-fixtures.js'

const grey = (width: number, height: number, level: (column: number, row: number) => number) => {
  const data = new Uint8Array(width * height * 3)
  for (let pixel = 0; pixel < width * height; pixel++)
    data.fill(level(pixel % width, Math.floor(pixel / width)), pixel * 3, pixel * 3 + 3)
  return { width, height, data }
}
const reds = (levels: Uint8Array) => Array.from(levels.filter((_, index) => index % 3 === 0))

const noise = (width: number, height: number) => {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, index) => (index * 2654435761) >>> 24)
  return { width, height, data }
}

describe('resizing', () => {
  it('is bit for bit what Pillow makes of any width and height, larger or smaller', async () => {
    const sides = [3, 8, 9, 12, 16, 17, 24, 25] // as in test/fixtures/media/make.py
    const sizes = sides.flatMap((width) => sides.map((height) => ({ width, height })))
    const expected = await expectedPixels('resized')
    const levels = 8 * 8 * 3
    const wrong = sizes.filter(({ width, height }, index) => {
      const pixels = resizeSquare(noise(width, height), 8)
      return differenceOf(pixels, expected.subarray(index * levels, (index + 1) * levels)).max > 0
    })
    expect(wrong).toEqual([])
  })

  it('leaves a flat picture flat, at every size', () => {
    for (const size of [1, 2, 111, 113, 500]) {
      const levels = resizeSquare(
        grey(size, 300 - (size % 200), () => 201),
        112,
      )
      expect(levels.every((level) => level === 201)).toBe(true)
    }
  })

  it('averages what it shrinks, so that thin lines become grey and do not vanish', () => {
    const lines = reds(
      resizeSquare(
        grey(64, 64, (column) => (column % 2) * 255),
        8,
      ),
    )
    for (const level of lines) expect(Math.abs(level - 127.5)).toBeLessThan(8)
  })

  it('overshoots at an edge as Pillow does, and stays within 0 and 255', () => {
    const edge = (low: number, high: number) => {
      const picture = grey(4, 4, (column) => (column < 2 ? low : high))
      return reds(resizeSquare(picture, 8)).slice(0, 8)
    }
    expect(edge(50, 200)).toEqual([50, 47, 40, 80, 170, 210, 203, 200])
    expect(edge(0, 255)).toEqual([0, 0, 0, 52, 203, 255, 255, 255])
  })

  it('does not touch a picture of the right size', () => {
    const picture = grey(6, 6, (column, row) => column * 40 + row)
    expect(resizeSquare(picture, 6)).toEqual(picture.data)
  })
})
