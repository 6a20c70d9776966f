import { describe, expect, it } from '@jest/globals'
import { modalityNames, perceptionModalities } from '../../../../models/modalities.js'
import { modelNames, parseManifest } from '../../../../models/sets/manifest.js'

const file = (name: string) => ({ file: name, sha256: 'a'.repeat(64), bytes: 10 })
const port = (name: string) => [{ name, type: 'float32', shape: ['batch', 128] }]

const manifest = (over: object = {}): string =>
  JSON.stringify({
    ...{ format: 1, set: 'world-small', version: '1', dim: 128 },
    models: Object.fromEntries(
      modelNames.map((name) => [name, { ...file(`${name}.onnx`), inputs: port('in'), outputs: port('out') }]),
    ),
    tokenizer: {
      ...file('tokenizer.json'),
      max_tokens: { query: 24, title: 32, account: 16, cover_text: 24, frame_text: 48, asr: 128 },
    },
    image: { size: 112, resize: 'bicubic, aspect squashed', mean: [0, 0, 0], std: [1, 1, 1], scale: 1 / 255 },
    frames: { count: 8, sampling: 'middle of 8 equal parts' },
    modalities: modalityNames,
    domains: { perception: perceptionModalities, content: modalityNames },
    golden: { ...file('golden.json'), tolerance: 0.001 },
    provenance: {},
    ...over,
  })

describe('the manifest of a model set', () => {
  it('is read with all that a runtime needs', () => {
    expect(parseManifest(manifest(), 'm.json')).toMatchObject({ set: 'world-small', models: { stem: { bytes: 10 } } })
  })

  it.each([
    ['another format', { format: 2 }, 'format'],
    ['a file outside the folder', { golden: { ...file('../golden.json'), tolerance: 0.1 } }, 'golden.file'],
    ['a huge golden file', { golden: { ...file('golden.json'), bytes: 2 ** 26 + 1, tolerance: 0.1 } }, 'golden.bytes'],
    ['a huge tokenizer', { tokenizer: { ...file('tokenizer.json'), bytes: 2 ** 26 + 1 } }, 'tokenizer.bytes'],
    ['a hidden file', { golden: { ...file('.golden'), tolerance: 0.1 } }, 'golden.file'],
    ['modalities in another order', { modalities: [...modalityNames].reverse() }, 'modalities'],
    ['a missing model', { models: {} }, 'models.stem'],
    ['a deviation of nothing', { image: { size: 112, std: [0, 1, 1] } }, 'image'],
    [
      'other frames',
      { frames: { count: 8, sampling: 'the first eight frames' } },
      'frames.sampling: must be "middle of',
    ],
    ['frames of another number', { frames: { count: 4, sampling: 'middle of 8 equal parts' } }, 'frames.sampling'],
    ['a name that leads elsewhere', { set: 'a/b' }, 'set'],
  ])('with %s is refused by its field', (_, over, field) => {
    expect(() => parseManifest(manifest(over), 'm.json')).toThrow(
      expect.objectContaining({
        code: 'MODEL_SET_INVALID',
        message: expect.stringContaining(`\n  ${field}`) as unknown,
      }),
    )
  })

  it('that is no JSON is refused', () => {
    expect(() => parseManifest('{', 'm.json')).toThrow(/m\.json is not JSON/)
  })
})
