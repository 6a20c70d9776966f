import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { parseRow } from '../../../../stores/clickhouse/json-rows.js'

describe('rows of JSON', () => {
  it('keep integers exact: numbers if safe, else strings', () => {
    const line = '{"a":9007199254740991,"b":9007199254740992,"c":-18446744073709551615,"d":[1234567890123456789]}'
    expect(parseRow(line)).toEqual({
      a: 9_007_199_254_740_991,
      b: '9007199254740992',
      c: '-18446744073709551615',
      d: ['1234567890123456789'],
    })
  })

  it('leave digits in texts, names, fractions and exponents alone', () => {
    const line = '{"9007199254740993":"\\"9007199254740993,","f":0.12345678901234568,"g":-1.2345678901234567e+300}'
    expect(parseRow(line)).toEqual(JSON.parse(line))
  })

  it('are what JSON says, for any row without unsafe integers', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const line = JSON.stringify(value)
        fc.pre(!/(?<![\d.])\d{16,}(?![\d.eE])/.test(line.replace(/"(?:[^"\\]|\\.)*"/g, '')))
        expect(parseRow(line)).toEqual(JSON.parse(line))
      }),
    )
  })
})
