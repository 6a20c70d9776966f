import { describe, expect, it } from '@jest/globals'
import type { ChunkRecord, SampleCount } from '../../../export/chunk.js'
import { fields } from '../../../export/fields.js'
import { manifestOf } from '../../../export/manifest.js'
import type { ExportParameters } from '../../../export/parameters.js'
import type { SplitName } from '../../../export/split.js'
import { sampleEvents } from '../../helpers/sample-events.js'

const parameters: ExportParameters = {
  database: 'kinora_live',
  from: 0,
  to: 10,
  format: 'jsonl',
  split: { train: 0.8, validation: 0.1, test: 0.1 },
  domains: ['content', 'perception'],
  policies: ['content-v1', 'perception-v1'],
  chunk_rows: 5,
}
const file = (split: SplitName, chunk: number, rows: number) => ({
  path: `${split}/part-0000${chunk}.jsonl`,
  split,
  rows,
  bytes: rows * 10,
  sha256: 'ab',
})
const count = (n: number, more: Partial<SampleCount> = {}): SampleCount => ({
  split: 'train',
  domain: 'content',
  policy: 'content-v1',
  calibration: null,
  grade: 0,
  n,
  ...more,
})
const chunks: ChunkRecord[] = [
  {
    chunk: 1,
    files: [file('train', 1, 4), file('test', 1, 1)],
    counts: [count(3, { grade: 3, calibration: 'c1' }), count(1), count(1, { split: 'test' })],
  },
  {
    chunk: 0,
    files: [file('train', 0, 5)],
    counts: [count(3), count(2, { domain: 'perception', policy: 'perception-v1', grade: 1 })],
  },
]

describe('manifestOf', () => {
  it('counts samples per split, domain and grade, and names the policies and calibrations used', () => {
    expect(manifestOf(parameters, chunks)).toMatchObject({
      format_version: 1,
      parameters,
      rows: 10,
      counts: {
        train: { content: { 0: 4, 3: 3 }, perception: { 1: 2 } },
        validation: {},
        test: { content: { 0: 1 } },
      },
      policies: [
        { policy: 'content-v1', rows: 8 },
        { policy: 'perception-v1', rows: 2 },
      ],
      calibrations: [
        { calibration: null, rows: 7 },
        { calibration: 'c1', rows: 3 },
      ],
    })
  })

  it('lists the files by split and chunk, and is the same in whatever order the chunks were done', () => {
    const manifest = manifestOf(parameters, chunks)
    expect(manifest.files).toEqual([file('train', 0, 5), file('train', 1, 4), file('test', 1, 1)])
    expect(JSON.stringify(manifestOf(parameters, [...chunks].reverse()))).toBe(JSON.stringify(manifest))
  })

  it('describes every field of a sample and no other', () => {
    expect(fields.map(({ field }) => field)).toEqual(Object.keys(sampleEvents.TrainingSample))
  })
})
