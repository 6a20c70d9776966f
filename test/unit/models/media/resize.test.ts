import { describe, expect, it } from '@jest/globals'
import { resizeSquare } from '../../../../models/media/resize.js'

const grey = (width: number, height: number, level: (column: number, row: number) => number) => {
  const data = new Uint8Array(width * height * 3)
  for (let pixel = 0; pixel < width * height; pixel++)
    data.fill(level(pixel % width, Math.floor(pixel / width)), pixel * 3, pixel * 3 + 3)
  return { width, height, data }
}
const reds = (levels: Uint8Array) => Array.from(levels.filter((_, index) => index % 3 === 0))

describe('resizing', () => {
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
