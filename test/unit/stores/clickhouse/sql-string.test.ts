import { describe, expect, it } from '@jest/globals'
import { sqlName, sqlString } from '../../../../stores/clickhouse/sql-string.js'

describe('SQL literals', () => {
  it.each([
    ['plain', `'plain'`],
    [`it's`, `'it\\'s'`],
    ['back\\slash', `'back\\\\slash'`],
    [`\\' OR 1=1 --`, `'\\\\\\' OR 1=1 --'`],
    ['zero\0byte', `'zero\\0byte'`],
    ['你好 🎬\n', `'你好 🎬\n'`],
  ])('%j cannot end its literal early', (text, expected) => {
    expect(sqlString(text)).toBe(expected)
  })

  it('quotes names', () => {
    expect(sqlName('a`b\\c')).toBe('`a\\`b\\\\c`')
  })
})
