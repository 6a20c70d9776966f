import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { decodeOffsets, encodeOffsets } from '../../../../streams/runtime/offset-set.js'

describe('a set of offsets as text', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })), (offsets) => {
        expect(decodeOffsets(encodeOffsets(offsets))).toEqual(new Set(offsets))
      }),
    )
  })

  it('stays far below the limit of offset metadata for a long run of neighbours', () => {
    const run = Array.from({ length: 200_000 }, (_, i) => 5_000_000 + i)
    expect(encodeOffsets(run).length).toBeLessThan(1_000)
  })
})
