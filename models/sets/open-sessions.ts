import type { Device } from '../inference/device.js'
import { openSession, type LoadedModel, type ModelSession } from '../inference/session.js'
import { checkAgreement } from './agreement.js'
import { checkModelPorts } from './check-ports.js'
import { goldenModel } from './golden-model.js'
import type { Golden } from './golden.js'
import { modelNames, precisionOf, type Manifest, type ModelName } from './manifest.js'
import { readClaimed } from './set-files.js'

export type Sessions = Readonly<Record<ModelName, ModelSession>>

export interface SessionsOptions {
  readonly folder: string
  readonly manifest: Manifest
  readonly golden: Golden
  readonly device: Device
  readonly fallback?: Device | undefined
  readonly threads: number
  /** Told what has been found right, one line a model. */
  readonly say: (line: string) => void
}

/**
 * The models of a set, each loaded only if its file, its inputs and outputs and what it gives for its golden inputs are
 * as the set says. When one is not, none stays open.
 *
 * @throws FatalError MODEL_SET_INVALID, MODEL_SET_CHANGED, MODEL_SET_MISMATCH, MODEL_DEVICE_UNAVAILABLE,
 *   MODEL_PROFILE_FAILED
 */
export async function openSessions(options: SessionsOptions): Promise<Sessions> {
  const sessions: Partial<Record<ModelName, ModelSession>> = {}
  try {
    for (const name of modelNames) sessions[name] = await openOne(name, options)
    return sessions as Sessions
  } catch (error) {
    await Promise.all(Object.values(sessions).map((session) => session.close()))
    throw error
  }
}

async function openOne(
  name: ModelName,
  { folder, manifest, golden, device, fallback, threads, say }: SessionsOptions,
): Promise<ModelSession> {
  const file = manifest.models[name]
  const bytes = await readClaimed(folder, file)
  let difference = 0
  const trial = async (loaded: LoadedModel, runsOn: Device): Promise<void> => {
    checkModelPorts(name, file, loaded)
    const { inputs, outputs } = goldenModel(golden, name, file.outputs)
    const { tolerance } = manifest.golden
    const options = { what: `model ${name}`, tolerance, device: runsOn }
    difference = checkAgreement(outputs, await loaded.run(inputs), options)
  }
  const session = await openSession(bytes, { name, device, fallback, threads, precision: precisionOf(manifest) }, trial)
  say(`${name}: sha256, inputs, outputs; differs by ${difference.toPrecision(2)} at most; ran on ${session.device}`)
  return session
}
