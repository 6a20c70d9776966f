import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { share } from '../../../../streams/runtime/copartition-assigner.js'

describe('sharing partitions', () => {
  it('leaves every partition where it was when a member joins, but for the new share', () => {
    const shares = share(6, [
      { memberId: 'a', owned: [0, 2, 4] },
      { memberId: 'b', owned: [1, 3, 5] },
      { memberId: 'c', owned: [] },
    ])
    expect(Object.fromEntries(shares)).toEqual({ a: [0, 2], b: [1, 3], c: [4, 5] })
  })

  it('gives the partitions of a member that left to the others', () => {
    expect(Object.fromEntries(share(4, [{ memberId: 'b', owned: [1, 3] }]))).toEqual({ b: [1, 3, 0, 2] })
  })

  it('gives each partition to exactly one member, evenly, whatever members claim', () => {
    const claim = fc.record({ memberId: fc.uuid(), owned: fc.array(fc.integer({ min: -2, max: 12 })) })
    fc.assert(
      fc.property(fc.nat(12), fc.uniqueArray(claim, { minLength: 1, selector: (c) => c.memberId }), (count, claims) => {
        const shares = [...share(count, claims).values()]
        expect(shares.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, partition) => partition))
        const sizes = shares.map((each) => each.length)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      }),
    )
  })
})
