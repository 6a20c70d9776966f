import { describe, expect, it } from '@jest/globals'
import { clip, formatMs, formatShare, styleOf, tableLines, widthOf } from '../../../demo/style.js'

describe('text on a terminal', () => {
  it('counts a Chinese character as two columns and a colour as none', () => {
    expect(widthOf('红烧肉 abc')).toBe(10)
    expect(widthOf(styleOf(true).good('✓'))).toBe(1)
    expect(widthOf('𠀀🐱')).toBe(4)
  })

  it('is cut between characters', () => {
    expect(clip('红烧肉家常做法', 14)).toBe('红烧肉家常做法')
    expect(clip('红烧肉家常做法', 13)).toBe('红烧肉家常做…')
    expect(clip('红烧肉家常做法', 12)).toBe('红烧肉家常…')
  })

  it('keeps columns straight with mixed scripts', () => {
    const columns = [{ title: 'rate', align: 'left' as const }, { title: 'n' }]
    expect(
      tableLines(
        columns,
        [
          ['有点率', '1'],
          ['CTR', '1,000'],
        ],
        styleOf(false),
      ),
    ).toEqual(['rate        n', '有点率      1', 'CTR     1,000'])
  })

  it('writes numbers as people read them', () => {
    expect([formatMs(null), formatMs(83.7), formatMs(999.4), formatMs(1_234)]).toEqual([
      '–',
      '84 ms',
      '999 ms',
      '1.2 s',
    ])
    expect([formatShare(1, 8), formatShare(0, 0)]).toEqual(['12.50 %', '–'])
  })
})
