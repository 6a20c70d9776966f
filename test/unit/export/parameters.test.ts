import { describe, expect, it } from '@jest/globals'
import { checkParameters, differences, type ExportParameters } from '../../../export/parameters.js'

const parameters = (more: Partial<ExportParameters> = {}): ExportParameters => ({
  database: 'kinora_live',
  from: 0,
  to: 10,
  format: 'jsonl',
  split: { train: 0.8, validation: 0.1, test: 0.1 },
  domains: ['content'],
  policies: ['content-v1'],
  chunk_rows: 1,
  ...more,
})

describe('checkParameters', () => {
  it('gives equal parameters one form, whatever the order they came in', () => {
    const one = parameters({ domains: ['perception', 'content', 'content'], policies: ['b', 'a'] })
    const other = parameters({
      domains: ['content', 'perception'],
      policies: ['a', 'b'],
      split: { test: 0.1, validation: 0.1, train: 0.8 },
    })
    expect(JSON.stringify(checkParameters(one))).toBe(JSON.stringify(checkParameters(other)))
    expect(checkParameters(one).domains).toEqual(['content', 'perception'])
  })

  it.each([
    ['from', { from: -1 }],
    ['from', { from: 0.5 }],
    ['to', { to: 0 }],
    ['to', { to: NaN }],
    ['split', { split: { train: 0.8, validation: 0.1, test: 0.2 } }],
    ['split', { split: { train: 1.1, validation: -0.1, test: 0 } }],
    ['split', { split: { train: NaN, validation: 0.5, test: 0.5 } }],
    ['domains', { domains: [] }],
    ['policies', { policies: [] }],
    ['chunk_rows', { chunk_rows: 0 }],
  ])('refuses a wrong %s, naming it', (name, more) => {
    expect(() => checkParameters(parameters(more))).toThrow(
      expect.objectContaining({ code: 'COMMAND_INVALID', message: expect.stringMatching(`^${name}: `) }),
    )
  })

  it.each([
    [{ train: 1, validation: 0, test: 0 }],
    [{ train: 0.7, validation: 0.2, test: 0.1 }],
    [{ train: 1 / 3, validation: 1 / 3, test: 1 / 3 }],
  ])('takes shares that sum to 1 but for rounding: %j', (split) => {
    expect(checkParameters(parameters({ split })).split).toEqual(split)
  })
})

describe('differences', () => {
  it('names what changed, from what to what, and nothing else', () => {
    expect(differences(parameters(), parameters())).toEqual([])
    expect(differences(parameters(), parameters({ to: 11, policies: [] }))).toEqual([
      'to was 10, is now 11',
      'policies was ["content-v1"], is now []',
    ])
  })
})
