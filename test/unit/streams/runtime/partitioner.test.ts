import { describe, expect, it } from '@jest/globals'
import { partitionOf } from '../../../../streams/runtime/partitioner.js'

describe('the partition of a re-keyed output', () => {
  it('never changes: records of one key would be counted apart', () => {
    expect(['', 'video-1', 'video-2', '红烧肉', '🐱'].map((key) => partitionOf(key, 1_000))).toEqual([
      923, 688, 410, 508, 899,
    ])
    expect(partitionOf('video-1', 1)).toBe(0)
  })

  it('spreads keys evenly, whatever the number of partitions', () => {
    for (const partitions of [2, 3, 4, 16]) {
      const sizes = new Array<number>(partitions).fill(0)
      for (let n = 0; n < 10_000; n++) sizes[partitionOf(`video-${n}`, partitions)]!++
      const share = 10_000 / partitions
      for (const size of sizes) expect(Math.abs(size - share)).toBeLessThan(share * 0.15)
    }
  })
})
