import { describe, expect, it } from '@jest/globals'
import { differences } from '../../chaos/compare.js'

interface Row {
  id: number
  text: string | null
  map: Record<string, string>
}

const row = (id: number, text: string | null = null, map = {}): Row => ({ id, text, map })
const compare = (expected: Row[], actual: Row[]) =>
  differences({ what: 'rows', expected, actual, keyOf: ({ id }) => [id], fields: ['text', 'map'] })

describe('differences', () => {
  it('finds none between equal rows in any order, whatever the order of a map', () => {
    expect(compare([row(1, 'a', { x: '1', y: '2' }), row(2)], [row(2), row(1, 'a', { y: '2', x: '1' })])).toBe('')
  })

  it('names missing, unexpected, doubled and different rows', () => {
    const text = compare([row(1), row(2), row(3, 'a')], [row(1), row(1), row(3), row(4)])
    expect(text.split('\n').map((line) => line.trim())).toEqual([
      'rows: 4 differences, 3 rows expected, 3 there',
      '[1] is there twice',
      '[3] text is null, expected "a"',
      '[4] is there and must not be: text=null map={}',
      '[2] is missing: text=null map={}',
    ])
  })

  it('shows the first ten of many', () => {
    const text = compare(
      [],
      Array.from({ length: 25 }, (_, id) => row(id)),
    )
    expect(text.split('\n')).toHaveLength(12)
    expect(text).toContain('… and 15 more')
  })
})
