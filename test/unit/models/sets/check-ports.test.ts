import { describe, expect, it } from '@jest/globals'
import { checkModelPorts } from '../../../../models/sets/check-ports.js'
import type { Port } from '../../../../models/sets/manifest.js'

const inputs: Port[] = [
  { name: 'vectors', type: 'float32', shape: ['batch', 2, 4] },
  { name: 'present', type: 'bool', shape: ['batch', 2] },
]
const outputs: Port[] = [{ name: 'vector', type: 'float32', shape: ['batch', 4] }]

type Side = Parameters<typeof checkModelPorts>[2]['inputs']
const metadata = (ports: readonly object[]): Side =>
  ports.map((port) => ({ ...port, isTensor: true })) as unknown as Side

const check = (over: { inputs?: Side; outputs?: Side }) => () =>
  checkModelPorts('frames', { inputs, outputs }, { inputs: metadata(inputs), outputs: metadata(outputs), ...over })

describe('the inputs and outputs of a model', () => {
  it('may come in any order', () => {
    expect(check({ inputs: metadata([...inputs].reverse()) })).not.toThrow()
  })

  it('may leave sizes of outputs open, which an exporter does not always know', () => {
    expect(check({ outputs: metadata([{ ...outputs[0], shape: ['batch', 'size'] }]) })).not.toThrow()
    expect(check({ inputs: metadata([inputs[0]!, { ...inputs[1], shape: ['batch', 'count'] }]) })).toThrow()
  })

  it.each([
    ['another name', { name: 'vektors' }],
    ['another type', { type: 'float16' }],
    ['another size', { shape: ['batch', 2, 5] }],
    ['another number of axes', { shape: ['batch', 8] }],
    ['a fixed batch', { shape: [1, 2, 4] }],
  ])('are refused with %s', (_, over) => {
    expect(check({ inputs: metadata([{ ...inputs[0], ...over }, inputs[1]!]) })).toThrow(
      expect.objectContaining({
        code: 'MODEL_SET_MISMATCH',
        message: expect.stringMatching(
          /^model frames: its inputs are .* says vectors: float32 \[batch, 2, 4\]; /,
        ) as unknown,
      }),
    )
  })

  it('are refused when there is one more, or something else than a tensor', () => {
    expect(check({ inputs: metadata([...inputs, outputs[0]!]) })).toThrow()
    expect(check({ outputs: [{ name: 'vector', isTensor: false }] })).toThrow(/outputs are vector: no tensor/)
  })
})
