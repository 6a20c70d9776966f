import { describe, expect, it } from '@jest/globals'
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

  it('of bytes that are no model is an error', async () => {
    await expect(openSession(Buffer.from('no model'), options(), trial)).rejects.toMatchObject({
      code: 'MODEL_SET_INVALID',
      message: expect.stringMatching(/^model query does not run: /) as unknown,
    })
  })
})
