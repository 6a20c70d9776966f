import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { env, InferenceSession } from 'onnxruntime-node'
import { FatalError, KinoraError, messageOf } from '../../errors/errors.js'
import type { Device } from './device.js'
import { openProfileFolder, profiledDevice } from './profile.js'
import { fromTensor, toTensor, type TensorMap } from './tensors.js'

export interface SessionOptions {
  /** For messages. */
  readonly name: string
  readonly device: Device
  /** Where to run when `device` is absent; without one, its absence is an error. */
  readonly fallback?: Device | undefined
  /** Of one operator on the CPU. */
  readonly threads: number
  /** Inside the model; its inputs and outputs are float32 either way. */
  readonly precision: 'float32' | 'float16'
}

/** A model as the runtime has loaded it. */
export interface LoadedModel {
  readonly inputs: readonly InferenceSession.ValueMetadata[]
  readonly outputs: readonly InferenceSession.ValueMetadata[]
  /** Blocks the event loop while it computes (so does onnxruntime-node): keep batches small. */
  run(inputs: TensorMap): Promise<TensorMap>
}

export interface ModelSession extends LoadedModel {
  /** Where the model really ran, not where it was asked to. */
  readonly device: Device
  close(): Promise<void>
}

/** Runs a model at least once, and throws a KinoraError when it is not as it should be. */
export type Trial = (loaded: LoadedModel, device: Device) => Promise<void>

/** What fails is thrown; the runtime would write the same words to standard error besides. */
const FATAL_ONLY = 4
env.logLevel = 'fatal'

/**
 * Loads a model and tries it. The trial is profiled, so that the device that ran it is known.
 *
 * @throws FatalError MODEL_DEVICE_UNAVAILABLE when the device is absent and no fallback is named, or that one is absent
 *   too; MODEL_SET_INVALID when the bytes are no model; MODEL_PROFILE_FAILED when the temporary folder cannot be
 *   written; what `trial` throws
 */
export async function openSession(model: Uint8Array, options: SessionOptions, trial: Trial): Promise<ModelSession> {
  const { device, fallback } = options
  try {
    return await openOn(device, model, options, trial)
  } catch (error) {
    const absent = error instanceof FatalError && error.code === 'MODEL_DEVICE_UNAVAILABLE'
    if (!absent || fallback === undefined || fallback === device) throw error
    return openOn(fallback, model, options, trial)
  }
}

async function openOn(
  device: Device,
  model: Uint8Array,
  { name, threads, precision }: SessionOptions,
  trial: Trial,
): Promise<ModelSession> {
  const folder = await openProfileFolder()
  let session: InferenceSession | undefined
  try {
    session = await InferenceSession.create(model, {
      executionProviders: [device],
      ...{ intraOpNumThreads: threads, interOpNumThreads: 1, logSeverityLevel: FATAL_ONLY },
      ...{ enableProfiling: true, profileFilePrefix: join(folder, 'run') },
      // onnxruntime's CPU provider has crashed on half-precision models at full optimisation.
      graphOptimizationLevel: precision === 'float16' && device === 'cpu' ? 'basic' : 'all',
    })
    const loaded = loadedModel(session)
    await trial(loaded, device)
    session.endProfiling()
    const ran = await profiledDevice(folder, device)
    if (ran !== device) throw new Error(`the runtime put it on ${ran ?? 'no known device'} instead`)
    const opened = session
    return { ...loaded, device: ran, close: () => opened.release() }
  } catch (error) {
    await session?.release()
    throw error instanceof KinoraError ? error : failure(error, name, device)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const loadedModel = (session: InferenceSession): LoadedModel => ({
  inputs: session.inputMetadata,
  outputs: session.outputMetadata,
  run: async (inputs) => mapValues(await session.run(mapValues(inputs, toTensor)), fromTensor),
})

const mapValues = <From, To>(record: Readonly<Record<string, From>>, change: (value: From) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))

function failure(error: unknown, name: string, device: Device): FatalError {
  const words = messageOf(error).trim().split('\n')[0]
  if (device === 'cpu')
    return new FatalError('MODEL_SET_INVALID', `model ${name} does not run: ${words}`, { cause: error })
  return new FatalError(
    'MODEL_DEVICE_UNAVAILABLE',
    `model ${name} cannot run on ${device}: ${words}. Set KINORA_MODEL_DEVICE to a device that is here, or name one in KINORA_MODEL_FALLBACK`,
    { cause: error },
  )
}
