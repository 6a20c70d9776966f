import { describe, expect, it } from '@jest/globals'
import { checkRow, joinRows, splitRows, type RowPort } from '../../../../models/inference/rows.js'
import type { Port } from '../../../../models/sets/manifest.js'

const vector: Port = { name: 'vector', type: 'float32', shape: ['batch', 2] }
const ids: Port = { name: 'ids', type: 'int64', shape: ['batch', 'tokens'] }
const pixels: RowPort = { name: 'pixels', type: 'uint8', shape: ['batch', 1, 1, 3] }
const present: Port = { name: 'present', type: 'bool', shape: ['batch', 2] }

describe('rows of a model', () => {
  it.each([
    [vector, {}, /is missing/],
    [vector, { vector: Float32Array.of(1) }, /has 1 values, not 2/],
    [vector, { vector: Float32Array.of(1, NaN) }, /value 1 is NaN/],
    [vector, { vector: Uint8Array.of(1, 2) }, /is a Uint8Array, not a Float32Array/],
    [ids, { ids: BigInt64Array.of() }, /has 0 tokens/],
    [ids, { ids: BigInt64Array.of(-1n) }, /id below 0/],
    [present, { present: Uint8Array.of(1, 2) }, /neither 0 nor 1/],
    [pixels, { pixels: Uint8Array.of(1, 2) }, /has 2 values, not 3/],
    [pixels, { pixels: Float32Array.of(1, 2, 3) }, /is a Float32Array, not a Uint8Array/],
  ])('are refused for %o as %o', (port, row, message) => {
    expect(() => checkRow('m', [port], row)).toThrow(
      expect.objectContaining({ code: 'MODEL_INPUT_INVALID', message: expect.stringMatching(message) as unknown }),
    )
  })

  it('lie side by side in a batch, texts padded with 0', () => {
    const rows = [
      { vector: Float32Array.of(1, 2), ids: BigInt64Array.of(5n, 6n, 7n) },
      { vector: Float32Array.of(3, 4), ids: BigInt64Array.of(8n) },
    ]
    for (const row of rows) checkRow('m', [vector, ids], row)
    expect(joinRows([vector, ids], rows, 4)).toEqual({
      vector: { type: 'float32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
      ids: { type: 'int64', shape: [2, 4], data: BigInt64Array.of(5n, 6n, 7n, 0n, 8n, 0n, 0n, 0n) },
    })
  })

  it('get their own copy of what the batch gave', () => {
    const data = Float32Array.of(1, 2, 3, 4)
    const answers = splitRows([vector], { vector: { type: 'float32', shape: [2, 2], data } }, 2)
    data.fill(9)
    expect(answers).toEqual([{ vector: Float32Array.of(1, 2) }, { vector: Float32Array.of(3, 4) }])
  })

  it('get no answer that is no number, or of another shape', () => {
    const given = (...data: number[]) => ({
      vector: { type: 'float32' as const, shape: [1, 2], data: Float32Array.from(data) },
    })
    expect(() => splitRows([vector], given(1, Infinity), 1)).toThrow(/is no number/)
    expect(() => splitRows([vector], given(1), 1)).toThrow(/has shape/)
  })
})
