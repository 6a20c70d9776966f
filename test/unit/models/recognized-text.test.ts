import { describe, expect, it } from '@jest/globals'
import { joinRecognized } from '../../../models/recognized-text.js'

const read = (...texts: [text: string, confidence?: number, at_ms?: number][]) =>
  joinRecognized(texts.map(([text, confidence = 0.5, at_ms = 0]) => ({ text, confidence, at_ms })))

describe('recognised texts', () => {
  it('are joined in order of time, without the spaces around them', () => {
    expect(read(['第二步', 0.5, 2000], [' 第一步 ', 0.5, 1000])).toBe('第一步 第二步')
    expect(read(['  '])).toBeNull()
    expect(read()).toBeNull()
  })

  it('that differ in a quarter of their characters are readings of one: the more confident one stays', () => {
    expect(read(['今天天气很好啊', 0.4], ['今天天汽很好啊', 0.9], ['今天天汽很好阿', 0.6])).toBe('今天天汽很好啊')
    expect(read(['今天天气'], ['今夭天汽'])).toBe('今天天气 今夭天汽')
  })

  it('that hold one another are readings of one: the whole one stays, in the place of the first', () => {
    expect(read(['红苹果', 0.9], ['香蕉'], ['大红苹果', 0.1])).toBe('大红苹果 香蕉')
    expect(read(['大红苹果'], ['苹果', 0.9])).toBe('大红苹果')
  })

  it('are cut off at 100 characters, not within one, and at 200 texts', () => {
    expect(read([`${'a'.repeat(99)}😀😀`])).toBe(`${'a'.repeat(99)}😀`)
    const many = Array.from({ length: 300 }, (_, index): [string] => [String.fromCodePoint(0x4e00 + index).repeat(9)])
    expect(read(...many)?.split(' ')).toHaveLength(200)
  })
})
