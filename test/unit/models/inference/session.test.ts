import { afterEach, describe, expect, it, jest } from '@jest/globals'
import { InferenceSession } from 'onnxruntime-node'
import { FatalError } from '../../../../errors/errors.js'
import type { Device } from '../../../../models/inference/device.js'
import { openSession, type LoadedModel, type SessionOptions } from '../../../../models/inference/session.js'
import { tinyModel } from '../../../helpers/tiny-set.js'

const options = (over: Partial<SessionOptions> = {}): SessionOptions => ({
  ...{ name: 'query', device: 'cpu', threads: 1, precision: 'float32' },
  ...over,
})
const ids = { ids: { type: 'int64', shape: [1, 2], data: BigInt64Array.of(2n, 3n) } } as const
const trial = async (loaded: LoadedModel): Promise<void> => {
  await loaded.run(ids)
}

/** A device that this machine lacks: the GPU libraries are not installed with the package. */
const absent: Device = 'cuda'

afterEach(() => {
  jest.restoreAllMocks()
})

describe('a session', () => {
  it('runs a model and says where it ran', async () => {
    const session = await openSession(tinyModel('query'), options(), trial)
    expect(session.device).toBe('cpu')
    expect(session.inputs).toMatchObject([{ name: 'ids', type: 'int64', shape: ['batch', 'tokens'] }])
    const { vector } = await session.run(ids)
    expect(vector?.shape).toEqual([1, 4])
    await session.close()
  })

  it('on a device that is absent is an error that says how to mend it', async () => {
    await expect(openSession(tinyModel('query'), options({ device: absent }), trial)).rejects.toMatchObject({
      code: 'MODEL_DEVICE_UNAVAILABLE',
      message: expect.stringMatching(/query cannot run on cuda: .*KINORA_MODEL_FALLBACK/) as unknown,
    })
  })

  it('falls back only where it is told to, and says so', async () => {
    const session = await openSession(tinyModel('query'), options({ device: absent, fallback: 'cpu' }), trial)
    expect(session.device).toBe('cpu')
    await session.close()
    const nowhere = openSession(tinyModel('query'), options({ device: absent, fallback: absent }), trial)
    await expect(nowhere).rejects.toMatchObject({ code: 'MODEL_DEVICE_UNAVAILABLE' })
  })

  it('never falls back from a model that is not as it should be', async () => {
    const wrong = (): Promise<void> => Promise.reject(new FatalError('MODEL_SET_MISMATCH', 'other outputs'))
    await expect(openSession(tinyModel('query'), options({ fallback: absent }), wrong)).rejects.toMatchObject({
      code: 'MODEL_SET_MISMATCH',
    })
  })

  // That the runtime quietly runs a model elsewhere than asked cannot be had without a GPU; a model that ran nowhere can.
  it('whose device is not seen in its profile is refused', async () => {
    const nothing = (): Promise<void> => Promise.resolve()
    await expect(openSession(tinyModel('query'), options(), nothing)).rejects.toMatchObject({
      code: 'MODEL_SET_INVALID',
      message: expect.stringMatching(/the runtime put it on no known device instead$/) as unknown,
    })
  })

  it.each([
    ['float16', 'basic'],
    ['float32', 'all'],
  ] as const)('in %s is optimised on the CPU: %s, with the threads that are allowed', async (precision, level) => {
    const create = jest.spyOn(InferenceSession, 'create')
    await (await openSession(tinyModel('query'), options({ precision, threads: 3 }), trial)).close()
    const wanted = { intraOpNumThreads: 3, interOpNumThreads: 1, graphOptimizationLevel: level }
    expect(create).toHaveBeenCalledWith(expect.anything(), expect.objectContaining(wanted))
  })

  it('of bytes that are no model is an error', async () => {
    await expect(openSession(Buffer.from('no model'), options(), trial)).rejects.toMatchObject({
      code: 'MODEL_SET_INVALID',
      message: expect.stringMatching(/^model query does not run: /) as unknown,
    })
  })
})
