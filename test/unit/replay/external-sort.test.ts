import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { readdirSync } from 'node:fs'
import { sortByKey, type Keyed } from '../../../replay/external-sort.js'
import { tempFolder } from '../../helpers/temp-folder.js'

/** Batches of 0, 1, 2, 0, 1, … lines. */
async function* from(lines: readonly Keyed[]): AsyncGenerator<Keyed[]> {
  for (let start = 0, size = 0; start < lines.length; start += size, size = (size + 1) % 3) {
    yield await Promise.resolve(lines.slice(start, start + size))
  }
}

async function all<T>(batches: AsyncIterable<readonly T[]>): Promise<T[]> {
  const list: T[] = []
  for await (const batch of batches) list.push(...batch)
  return list
}

const stable = (lines: readonly Keyed[]): Keyed[] => lines.toSorted((a, b) => a.key - b.key)

describe('sortByKey', () => {
  const folder = tempFolder()

  it.each([
    ['in memory', 100, 4],
    ['in one run and memory', 20, 4],
    ['in many runs', 3, 64],
    ['in several rounds of merging', 2, 2],
  ])('sorts and keeps the order of equal keys: %s', async (_, maxInMemory, maxMerged) => {
    const line = fc.record({ key: fc.integer({ min: -1, max: 9 }), text: fc.string({ unit: 'grapheme' }) })
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 40 }), async (raw) => {
        const lines = raw.map(({ key, text }, index) => ({ key, text: `${text.replaceAll('\n', '')} ${index}\r` }))
        expect(await all(sortByKey(from(lines), { maxInMemory, maxMerged, folder: folder.path() }))).toEqual(
          stable(lines),
        )
      }),
      { numRuns: 30 },
    )
    expect(readdirSync(folder.path())).toEqual([])
  })

  it('sorts by times in milliseconds', async () => {
    const keys = [1649581149287, 1649581149286, 8.64e15, -1]
    const lines = keys.map((key) => ({ key, text: String(key) }))
    expect((await all(sortByKey(from(lines), { maxInMemory: 1, maxMerged: 2 }))).map(({ key }) => key)).toEqual([
      -1, 1649581149286, 1649581149287, 8.64e15,
    ])
  })

  it('removes its files when the reader gives up', async () => {
    const lines = Array.from({ length: 50 }, (_, index) => ({ key: -index, text: 'x' }))
    for await (const [first] of sortByKey(from(lines), { maxInMemory: 4, maxMerged: 3, folder: folder.path() })) {
      expect(first!.key).toBe(-49)
      break
    }
    expect(readdirSync(folder.path())).toEqual([])
  })

  it('removes its files when reading fails', async () => {
    const failing = (async function* () {
      yield* from([
        { key: 1, text: 'a' },
        { key: 2, text: 'b' },
      ])
      throw new Error('disk on fire')
    })()
    await expect(all(sortByKey(failing, { maxInMemory: 1, maxMerged: 3, folder: folder.path() }))).rejects.toThrow(
      'disk on fire',
    )
    expect(readdirSync(folder.path())).toEqual([])
  })
})
