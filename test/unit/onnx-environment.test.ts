import { describe, expect, it } from '@jest/globals'
import { Tensor } from 'onnxruntime-node'

describe('the test environment', () => {
  it('has the typed arrays that onnxruntime-node takes', () => {
    const tensor = new Tensor('float32', Float32Array.of(1, 2), [1, 2])
    expect(tensor.data).toEqual(Float32Array.of(1, 2))
  })
})
