import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Model } from '../../../../models/inference/model.js'
import { openSession, type ModelSession } from '../../../../models/inference/session.js'
import type { TensorMap } from '../../../../models/inference/tensors.js'
import { tinyManifest, tinyModel } from '../../../helpers/tiny-set.js'

const { inputs, outputs } = tinyManifest().models.query
const batches: (readonly number[])[] = []
let session: ModelSession
let model: Model

beforeAll(async () => {
  const options = { name: 'query', device: 'cpu', threads: 1, precision: 'float32' } as const
  session = await openSession(tinyModel('query'), options, async (loaded) => {
    await loaded.run({ ids: { type: 'int64', shape: [1, 1], data: BigInt64Array.of(2n) } })
  })
  const noted = async (given: TensorMap): Promise<TensorMap> => {
    batches.push(given.ids!.shape)
    return session.run(given)
  }
  const batching = { batchSize: 4, batchDelayMs: 1, queueLimit: 100 }
  model = new Model({ name: 'query', session: { ...session, run: noted }, inputs, outputs, maxTokens: 8 }, batching)
})
afterAll(() => model.close())

const row = (...ids: number[]) => ({ ids: BigInt64Array.from(ids, BigInt) })
const alone = async (...ids: number[]): Promise<Float32Array> => (await model.answer(row(...ids))).vector!

describe('a model', () => {
  it('answers each input as if it were alone, whatever it shares its batch with', async () => {
    const texts = [[2, 5], [2, 3, 4, 5, 6], [2], [2, 9, 9]]
    const expected: Float32Array[] = []
    for (const ids of texts) expected.push(await alone(...ids))
    batches.length = 0
    const answers = await Promise.all(texts.map((ids) => alone(...ids)))
    expect(batches).toEqual([[4, 8]])
    answers.forEach((answer, index) => expect([...answer]).toEqual([...expected[index]!].map(close)))
  })

  it('fails on the input that the runtime cannot take, and on no other', async () => {
    const settled = await Promise.allSettled([alone(2, 5), alone(2, 9999), alone(2, 6), alone(2, 7)])
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    expect(settled[1]).toMatchObject({ reason: { code: 'MODEL_RUN_FAILED', retriable: false } })
  })

  it('may be closed twice, at once and later', async () => {
    const answered = Promise.resolve({})
    let closed = 0
    const close = (): Promise<void> => {
      closed++
      return Promise.resolve()
    }
    const counted = { device: 'cpu', run: () => answered, close } as const
    const batching = { batchSize: 1, batchDelayMs: 0, queueLimit: 1 }
    const once = new Model({ name: 'query', session: counted, inputs, outputs, maxTokens: 8 }, batching)
    await Promise.all([once.close(), once.close()])
    await once.close()
    expect(closed).toBe(1)
  })

  it('says where it runs', () => {
    expect(model.device).toBe('cpu')
  })
})

const close = (value: number): unknown => expect.closeTo(value, 6)
