import { describe, expect, it } from '@jest/globals'
import { accountDifferences } from '../../chaos/accounts.js'
import type { Account } from '../../chaos/oracle.js'

const none: Account = {
  ...{ in: 0, used: 0, dead: 0, unused: 0 },
  duplicate: { least: 0, most: 0 },
  late: { least: 0, most: 0 },
  orphan: { least: 0, most: 0 },
}
const clicks: Account = { ...none, in: 5, used: 2, dead: 1, late: { least: 0, most: 2 }, orphan: { least: 1, most: 2 } }
const expected = { 'search.impressions': none, 'search.clicks': clicks, 'video.watches': none }
const nothing = { used: 0, duplicate: 0, late: 0, orphan: 0, dead: 0 }
const told = (account: Partial<typeof nothing>) =>
  new Map([
    ['search.impressions', nothing],
    ['search.clicks', { ...nothing, ...account }],
    ['video.watches', nothing],
  ])

describe('accounts', () => {
  it('agree wherever the rules leave a reason open', () => {
    expect(accountDifferences(expected, told({ used: 2, dead: 1, orphan: 2 }))).toEqual([])
    expect(accountDifferences(expected, told({ used: 2, dead: 1, orphan: 1, late: 1 }))).toEqual([])
  })

  it('differ by a record too few, too many, or of another kind', () => {
    expect(accountDifferences(expected, told({ used: 2, dead: 1, orphan: 1 }))).toEqual([
      'search.clicks: 4 are accounted for, 5 were sent',
    ])
    expect(accountDifferences(expected, told({ used: 3, dead: 1, orphan: 1 }))).toEqual([
      'search.clicks: 3 are used, expected 2',
    ])
    expect(accountDifferences(expected, told({ used: 2, dead: 1, late: 2 }))).toEqual([
      'search.clicks: 0 are orphan, expected 1 to 2',
    ])
    expect(accountDifferences(expected, new Map())).toHaveLength(3)
  })
})
