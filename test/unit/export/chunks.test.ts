import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { planChunks, type MinuteCount } from '../../../export/chunks.js'

// eslint-disable-next-line @typescript-eslint/require-await
async function* minutes(...counts: [minute: number, n: number][]): AsyncIterable<MinuteCount> {
  for (const [minute, n] of counts) yield { minute: minute * 60_000, n }
}

const plan = (chunk_rows: number, ...counts: [number, number][]) =>
  planChunks({ from: 30_000, to: 600_000, chunk_rows }, minutes(...counts))

describe('planChunks', () => {
  it.each<[string, [number, number][], number[]]>([
    ['no samples', [], []],
    [
      'as many as a chunk takes',
      [
        [0, 5],
        [1, 5],
      ],
      [],
    ],
    [
      'one more',
      [
        [0, 5],
        [1, 6],
      ],
      [60_000],
    ],
    [
      'a minute with more than a chunk takes',
      [
        [1, 1],
        [2, 25],
        [3, 1],
      ],
      [120_000, 180_000],
    ],
    [
      'the first minute begins before the range',
      [
        [0, 25],
        [1, 1],
      ],
      [60_000],
    ],
  ])('cuts between minutes: %s', async (_, counts, cuts) => {
    const bounds = [30_000, ...cuts, 600_000]
    const chunks = cuts.concat(600_000).map((to, i) => ({ from: bounds[i], to }))
    expect(await plan(10, ...counts)).toEqual({ chunks, rows: counts.reduce((sum, [, n]) => sum + n, 0) })
  })

  it('covers the range without gap or overlap, with no chunk that takes nothing', async () => {
    const counts = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 20 })), {
      selector: ([minute]) => minute,
    })
    await fc.assert(
      fc.asyncProperty(counts, fc.integer({ min: 1, max: 30 }), async (unsorted, chunkRows) => {
        const sorted = unsorted.sort(([a], [b]) => a - b)
        const { chunks } = await plan(chunkRows, ...sorted)
        expect([chunks[0]!.from, chunks.at(-1)!.to]).toEqual([30_000, 600_000])
        for (const [i, { from, to }] of chunks.entries()) {
          if (i > 0) expect(from).toBe(chunks[i - 1]!.to)
          expect(from).toBeLessThan(to)
          const inside = sorted.filter(([minute]) => minute * 60_000 >= from && minute * 60_000 < to)
          const rows = inside.reduce((sum, [, n]) => sum + n, 0)
          if (inside.length > 1) expect(rows).toBeLessThanOrEqual(chunkRows)
          if (chunks.length > 1) expect(rows).toBeGreaterThan(0)
        }
      }),
    )
  })
})
