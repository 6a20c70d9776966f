import { describe, expect, it } from '@jest/globals'
import { inRange, requestRanges } from '../../../relabel/request-range.js'
import { always } from '../../../stores/clickhouse/time-range.js'

const counted = (requests: number, listed: number, outcomes: number) => ({
  rows: <Row>() => Promise.resolve([{ requests, listed, outcomes } as Row]),
})

describe('requestRanges', () => {
  it('cuts all hashes into ranges without gap or overlap, by whichever table has more', async () => {
    for (const [listed, outcomes, parts] of [
      [10, 0, 1],
      [100, 0, 1],
      [101, 0, 2],
      [0, 700, 7],
    ] as const) {
      const ranges = await requestRanges(counted(1, listed, outcomes), always, 100)
      expect(ranges).toHaveLength(parts)
      expect(ranges[0]!.first).toBe(0n)
      expect(ranges.at(-1)!.last).toBe(2n ** 64n - 1n)
      ranges.slice(1).forEach((range, n) => expect(range.first).toBe(ranges[n]!.last + 1n))
    }
  })

  it('finds one range for requests without results, and none where nothing is', async () => {
    expect(await requestRanges(counted(1, 0, 0), always)).toHaveLength(1)
    expect(await requestRanges(counted(0, 0, 0), always)).toEqual([])
  })

  it('writes hashes as 64-bit integers, which a double could not hold', () => {
    expect(inRange('request_id', { first: 0n, last: 2n ** 64n - 1n })).toContain("toUInt64('18446744073709551615')")
  })
})
