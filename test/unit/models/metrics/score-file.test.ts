import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { judge } from '../../../../models/metrics/judge.js'
import { readScoreFile } from '../../../../models/metrics/score-file.js'

const file = (text: string): string => {
  const path = join(mkdtempSync(join(tmpdir(), 'scores-')), 'scores.tsv')
  writeFileSync(path, text)
  return path
}

describe('a file of scores', () => {
  it('holds the rows of each query, wherever they stand, below a header or none', async () => {
    const rows = '猫\t2\t0.9\n狗\t0\t0.1\n猫\t0\t0.2\n'
    const expected = [
      { query: '猫', labels: [2, 0], scores: [0.9, 0.2], rivals: [] },
      { query: '狗', labels: [0], scores: [0.1], rivals: [] },
    ]
    expect(await readScoreFile(file(rows))).toEqual(expected)
    expect(await readScoreFile(file('\uFEFFquery\tlabel\tscore\r\n' + rows))).toEqual(expected)
    expect(await readScoreFile(file('query\tlabel\tinfoxlm\n' + rows))).toEqual(expected)
    expect(await readScoreFile(file('\n\nquery\tlabel\tscore\n' + rows))).toEqual(expected)
  })

  it.each([
    ['q\t1\n', /line 1: 2 columns/],
    ['q\t1\t1\nq\t1\t1\t1\n', /line 2: 4 columns/],
    ['q\t1\tNaN\n', /line 1: "NaN" is no finite number/],
    ['q\t1\t1\nq\tx\t1\n', /line 2: "x" is no finite number/],
    ['q\tone\t0.9\nq\t1\t1\n', /line 1: "one" is no finite number/],
    ['q\tNaN\t1\n', /line 1: "NaN" is no finite number/],
    ['words\nq\t1\t1\n', /line 1: 1 columns/],
    ['q\t-1\t1\n', /line 1: the label -1 is not in 0..100/],
    ['q\t\t1\n', /line 1: "" is no finite number/],
    ['query\tlabel\tscore\n', /has no rows/],
  ])('of %j is refused by its line', async (text, message) => {
    await expect(readScoreFile(file(text))).rejects.toMatchObject({
      code: 'COMMAND_INVALID',
      message: expect.stringMatching(message) as unknown,
    })
  })

  it('that is not there is refused', async () => {
    await expect(readScoreFile('/no/such/file')).rejects.toMatchObject({ code: 'COMMAND_INVALID' })
  })

  it('with a rival is judged in pairs', async () => {
    const queries = Array.from({ length: 30 }, (_, q) => `q${q}\t1\t2\t${q % 3}\nq${q}\t0\t1\t1\n`).join('')
    const comparison = await judge(await readScoreFile(file(queries)), { resamples: 200, seed: 1 })
    expect(comparison).toMatchObject({ queries: 30, documents: 60, system: { positive: 30, auc: 1, ndcg_at_10: 1 } })
    expect(comparison.rival).toMatchObject({ positive: 10, negative: 10, tied: 10, pnr: 1, pair_accuracy: 0.5 })
    expect(comparison.pnr_difference!.value).toBe(29)
    expect(comparison.pnr_difference!.interval.low).toBeGreaterThan(0)
  })
})
