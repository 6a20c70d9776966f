import { describe, expect, it } from '@jest/globals'
import type { TensorMap } from '../../../../models/inference/tensors.js'
import { checkAgreement, largestDifference } from '../../../../models/sets/agreement.js'

const vector = (...values: number[]): TensorMap => ({
  vector: { type: 'float32', shape: [values.length], data: Float32Array.from(values) },
})
const check = (device: 'cpu' | 'cuda', recorded: TensorMap, found: TensorMap) => () =>
  checkAgreement(recorded, found, { what: 'model m', tolerance: 0.25, device })
const mismatch = (message: RegExp) =>
  expect.objectContaining({ code: 'MODEL_SET_MISMATCH', message: expect.stringMatching(message) as unknown })

/** The cosine to (1, 0) is 1 / √(1 + 9 t²). */
const turned = (t: number): TensorMap => vector(3, 9 * t)

describe('outputs of a model', () => {
  it('agree within the tolerance, on the CPU and elsewhere', () => {
    for (const device of ['cpu', 'cuda'] as const)
      expect(check(device, vector(1, 2, 3), vector(1, 2.25, 3))()).toBe(0.25)
  })

  it('beyond it disagree on the CPU, whatever their direction', () => {
    expect(check('cpu', vector(1, 2), vector(2, 4))).toThrow(mismatch(/^model m, vector differs .* by 2\.0, .* 0\.25$/))
  })

  it('beyond it agree on a GPU down to a cosine of 0.999', () => {
    expect(check('cuda', vector(1, 0), turned(0.014))()).toBeCloseTo(2, 6)
    expect(check('cuda', vector(1, 0), turned(0.016))).toThrow(mismatch(/ and cosine 0\.998\d+ is below 0\.999$/))
  })

  it('that are no numbers never agree', () => {
    for (const device of ['cpu', 'cuda'] as const)
      for (const found of [vector(NaN, 1), vector(1, NaN)])
        expect(check(device, vector(1, 1), found)).toThrow(mismatch(/ by Infinity/))
    expect(largestDifference(Float32Array.of(1, 2), Float32Array.of(NaN, 5))).toBe(Infinity)
  })

  it('that are missing, or of another shape or type, disagree', () => {
    expect(check('cpu', vector(1), {})).toThrow(mismatch(/^model m gives no vector$/))
    expect(check('cpu', vector(1), vector(1, 1))).toThrow(mismatch(/float32 \[2\], and float32 \[1\] is recorded/))
    const ids: TensorMap = { vector: { type: 'int64', shape: [1], data: BigInt64Array.of(1n) } }
    expect(check('cpu', vector(1), ids)).toThrow(mismatch(/int64 \[1\], and float32 \[1\]/))
  })
})
