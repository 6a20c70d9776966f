import { createHash } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { splitOf } from '../../../export/split.js'

const shares = { train: 0.8, validation: 0.1, test: 0.1 }

describe('splitOf', () => {
  // The first 4 bytes of the SHA-256 of 'abc' are ba 78 16 bf: u = 0.72839…
  it.each([
    [{ train: 0.7284, validation: 0.2716, test: 0 }, 'train'],
    [{ train: 0.7283, validation: 0.2717, test: 0 }, 'validation'],
    [{ train: 0.5, validation: 0.2283, test: 0.2717 }, 'test'],
    [{ train: 0.5, validation: 0.2284, test: 0.2716 }, 'validation'],
  ] as const)('puts a query by the first 4 bytes of its SHA-256: with %j into %s', (split, expected) => {
    expect(createHash('sha256').update('abc').digest('hex')).toMatch(/^ba7816bf/)
    expect(splitOf('abc', split)).toBe(expected)
  })

  it('gives a split with the share 0 nothing and one with the share 1 all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (query) => {
        expect(splitOf(query, { train: 1, validation: 0, test: 0 })).toBe('train')
        expect(splitOf(query, { train: 0, validation: 1, test: 0 })).toBe('validation')
        expect(splitOf(query, { train: 0, validation: 0, test: 1 })).toBe('test')
        expect(splitOf(query, { train: 0.7, validation: 0.3, test: 0 })).not.toBe('test')
      }),
    )
  })

  it('never moves a query from train when train grows', () => {
    fc.assert(
      fc.property(fc.string(), (query) => {
        if (splitOf(query, shares) === 'train')
          expect(splitOf(query, { train: 0.9, validation: 0.05, test: 0.05 })).toBe('train')
      }),
    )
  })

  it('gives each split about its share of many queries', () => {
    const queries = Array.from({ length: 10_000 }, (_, i) => splitOf(`查询 ${i}`, shares))
    const count = (name: string) => queries.filter((split) => split === name).length
    expect(Math.abs(count('train') - 8_000)).toBeLessThan(160)
    expect(Math.abs(count('validation') - 1_000)).toBeLessThan(120)
    expect(Math.abs(count('test') - 1_000)).toBeLessThan(120)
  })
})
