import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { InferenceSession } from 'onnxruntime-node'
import { findSet } from '../../../../models/sets/find-sets.js'
import type { Golden } from '../../../../models/sets/golden.js'
import { modelNames, type Manifest } from '../../../../models/sets/manifest.js'
import { openSet, type ModelSet, type SetOptions } from '../../../../models/sets/open-set.js'
import { copySet, type SetCopy } from '../../../helpers/copy-set.js'
import { tinyModel } from '../../../helpers/tiny-set.js'

const options: SetOptions = {
  ...{ device: 'cpu', threads: 1 },
  batching: { batchSize: 4, batchDelayMs: 1, queueLimit: 100 },
}
let copy: SetCopy

beforeEach(() => {
  copy = copySet()
})

afterEach(() => {
  jest.restoreAllMocks()
})

const open = async (over: Partial<SetOptions> = {}): Promise<ModelSet> =>
  openSet(await findSet(copy.root, 'tiny'), { ...options, ...over })

const refused = (code: string, message: RegExp) => ({ code, message: expect.stringMatching(message) as unknown })

describe('a model set', () => {
  it('is opened when all that it says is true', async () => {
    const lines: string[] = []
    const set = await open({ onCheck: (line) => lines.push(line) })
    expect(set).toMatchObject({ name: 'tiny/1', manifest: { dim: 4 }, devices: ['cpu'] })
    expect(lines).toHaveLength(10)
    expect(lines[2]).toMatch(/^stem: sha256, inputs, outputs; differs by \S+ at most; ran on cpu$/)
    await set.close()
    await expect(set.models.query.answer({ ids: BigInt64Array.of(2n) })).rejects.toMatchObject({ code: 'MODEL_CLOSED' })
  })

  it('is refused when a file was changed', async () => {
    const path = join(copy.folder, 'image.onnx')
    const bytes = readFileSync(path)
    bytes[100]! ^= 1
    copy.replace('image.onnx', bytes)
    copy.editManifest(({ models }) => (models.image.sha256 = '0'.repeat(64)))
    await expect(open()).rejects.toMatchObject(refused('MODEL_SET_CHANGED', /image\.onnx has sha256/))
  })

  it('is refused when a file is gone', async () => {
    rmSync(join(copy.folder, 'tokenizer.json'))
    await expect(open()).rejects.toMatchObject(refused('MODEL_SET_CHANGED', /tokenizer\.json is missing/))
  })

  it('is refused under another name', async () => {
    copy.editManifest((manifest) => (manifest.version = '2'))
    await expect(open()).rejects.toMatchObject(refused('MODEL_SET_INVALID', /is the manifest of tiny\/2/))
  })

  it.each([
    ['an input of another name', (models) => (models.stem.inputs[0]!.name = 'picture'), /inputs of stem are picture/],
    ['another picture size', (models) => (models.stem.inputs[0]!.shape = ['batch', 3, 9, 9]), /\[batch, 3, 9, 9\]/],
    ['features that nobody takes', (models) => (models.image.inputs[0]!.shape = ['batch', 7]), /inputs of image/],
    ['vectors of another size', (models) => (models.query.outputs[0]!.shape = ['batch', 5]), /outputs of query/],
  ] as [string, (models: Manifest['models']) => void, RegExp][])(
    'is refused when its manifest has %s',
    async (_, spoil, message) => {
      copy.editManifest(({ models }) => spoil(models))
      await expect(open()).rejects.toMatchObject(refused('MODEL_SET_INVALID', message))
    },
  )

  it('is refused when a model has other inputs than the manifest says', async () => {
    copy.replace('query.onnx', tinyModel('image'))
    await expect(open()).rejects.toMatchObject(
      refused(
        'MODEL_SET_MISMATCH',
        /query: its inputs are features: float32 \[batch, 3\].* says ids: int64 \[batch, tok/,
      ),
    )
  })

  it('is refused when a model answers otherwise than recorded', async () => {
    copy.replace('query.onnx', tinyModel('document'))
    await expect(open()).rejects.toMatchObject(refused('MODEL_SET_MISMATCH', /model query, vector differs .* by \d/))
  })

  it('is refused when a model is none', async () => {
    copy.replace('frames.onnx', Buffer.from('frames'))
    await expect(open()).rejects.toMatchObject(refused('MODEL_SET_INVALID', /model frames does not run/))
  })

  it.each([
    ['model', () => copy.replace('content.onnx', Buffer.from('content'))],
    ['query', () => copy.editGolden(({ vectors }) => (vectors.queries[0]!.text = '种'))],
  ])('that is refused for its last %s leaves no model open', async (_, spoil) => {
    spoil()
    const create = jest.spyOn(InferenceSession, 'create')
    await expect(open()).rejects.toMatchObject({ retriable: false })
    expect(create).toHaveBeenCalledTimes(modelNames.length)
    for (const { value } of create.mock.results)
      await expect((value as Promise<InferenceSession>).then((session) => session.release())).rejects.toThrow()
  })

  it('is refused when its golden file lacks a model', async () => {
    copy.editGolden((golden) => delete golden.models.content)
    await expect(open()).rejects.toMatchObject(refused('MODEL_SET_INVALID', /nothing of model content/))
  })

  it.each([
    [
      'an output',
      ({ models }) => delete models.content!.outputs.vectors,
      /content, vectors: nothing is recorded of an/,
    ],
    [
      'rows of an output',
      ({ models }) => (models.image!.outputs.vector!.shape = [0, 4]),
      /outputs\.vector\.shape\.0: /,
    ],
    [
      'numbers of an output',
      ({ models }) => (models.image!.outputs.vector!.shape = [4, 2]),
      /shape \[4, 2\] is recorded/,
    ],
    ['texts', (golden) => (golden.texts = []), /\n {2}texts: /],
    ['queries', ({ vectors }) => (vectors.queries = []), /\n {2}vectors\.queries: /],
  ] as [string, (golden: Golden) => void, RegExp][])(
    'is refused when its golden file would prove nothing for want of %s',
    async (_, spoil, message) => {
      copy.editGolden(spoil)
      await expect(open()).rejects.toMatchObject(refused('MODEL_SET_INVALID', message))
    },
  )

  it('is refused when a shorter vector of a query is recorded', async () => {
    copy.editGolden(({ vectors: { queries } }) =>
      Object.assign(queries[0]!.vector, { shape: [1], data: queries[0]!.vector.data.slice(0, 6).replace(/.$/, 'A==') }),
    )
    await expect(open()).rejects.toMatchObject(
      refused('MODEL_SET_MISMATCH', /the query "苹果", vector: float32 \[4\], and/),
    )
  })

  it('is refused when its tokenizer reads a text otherwise', async () => {
    copy.editGolden(({ texts }) => texts[0]!.ids.push(5))
    await expect(open()).rejects.toMatchObject(refused('MODEL_SET_MISMATCH', /reads "苹果" \(query\) as 2,/))
  })

  it('is refused when a query has another vector', async () => {
    copy.editGolden(({ vectors }) => (vectors.queries[0]!.text = '种'))
    await expect(open()).rejects.toMatchObject(refused('MODEL_SET_MISMATCH', /the query "种", vector differs/))
  })

  it('on a device that is absent is refused, or opened where it may fall back to', async () => {
    await expect(open({ device: 'cuda' })).rejects.toMatchObject({ code: 'MODEL_DEVICE_UNAVAILABLE' })
    const set = await open({ device: 'cuda', fallback: 'cpu' })
    expect(set.devices).toEqual(['cpu'])
    await set.close()
  })
})
