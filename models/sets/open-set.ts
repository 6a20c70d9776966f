import { join } from 'node:path'
import { FatalError } from '../../errors/errors.js'
import type { Device } from '../inference/device.js'
import { Model, type Batching } from '../inference/model.js'
import { pictureModel } from '../inference/picture-model.js'
import { readTokenizer, type Tokenizer } from '../text/tokenizer.js'
import { checkManifestPorts } from './check-ports.js'
import { checkQueries, checkTexts } from './check-texts.js'
import { nameOf, type SetOnDisk } from './find-sets.js'
import { parseGolden, type Golden } from './golden.js'
import { parseManifest, type Manifest, type ModelName } from './manifest.js'
import { openSessions, type Sessions } from './open-sessions.js'
import { pathInSet, readClaimed, readJsonText } from './set-files.js'

export interface SetOptions {
  readonly device: Device
  /** Where to run when `device` is absent. */
  readonly fallback?: Device | undefined
  /** Of one operator on the CPU. */
  readonly threads: number
  readonly batching: Batching
  /** Told what has been found right, one line at a time. */
  readonly onCheck?: (line: string) => void
}

/** Stem and head of pictures serve as one. */
export type ServedName = 'picture' | Exclude<ModelName, 'stem' | 'image'>

/** A model set that is what it says, loaded. */
export interface ModelSet {
  readonly name: string
  readonly folder: string
  readonly manifest: Manifest
  readonly tokenizer: Tokenizer
  readonly models: Readonly<Record<ServedName, Model>>
  /** Where its models really run. */
  readonly devices: readonly Device[]
  readonly batching: Batching
  /** Answers what it has taken, then frees the models. */
  close(): Promise<void>
}

/**
 * Opens a set only if its files are what its manifest says, its models take and give what it says, and its golden
 * texts, model outputs and queries come out as recorded: within the manifest's tolerance on the CPU, by cosine ≥ 0.999
 * elsewhere.
 *
 * @throws FatalError MODEL_SET_INVALID, MODEL_SET_CHANGED, MODEL_SET_MISMATCH, MODEL_DEVICE_UNAVAILABLE,
 *   MODEL_PROFILE_FAILED
 */
export async function openSet(found: SetOnDisk, options: SetOptions): Promise<ModelSet> {
  const { folder } = found
  const { batching, onCheck: say = () => undefined } = options
  const manifest = await readManifest(found)
  say(`manifest: format ${manifest.format}, vectors of ${manifest.dim}, its models fit together`)
  const golden = await readGolden(folder, manifest)
  const tokenizer = await openTokenizer(folder, manifest)
  say(`tokenizer: ${checkTexts(golden, tokenizer, manifest)} golden texts have the recorded tokens`)
  const sessions = await openSessions({ ...options, folder, manifest, golden, say })
  const models = servedModels(sessions, manifest, batching)
  const close = async (): Promise<void> => {
    await Promise.all(Object.values(models).map((model) => model.close()))
  }
  try {
    say(`queries: ${await checkQueries(golden, { manifest, tokenizer, models })}`)
  } catch (error) {
    await close()
    throw error
  }
  const devices = [...new Set(Object.values(sessions).map(({ device }) => device))]
  return { name: nameOf(found), folder, manifest, tokenizer, models, devices, batching, close }
}

/** The manifest of a set, its models checked against each other. Throws FatalError MODEL_SET_INVALID or …_CHANGED. */
export async function readManifest(found: SetOnDisk): Promise<Manifest> {
  const where = join(found.folder, 'manifest.json')
  const manifest = parseManifest(await readJsonText(await pathInSet(found.folder, 'manifest.json')), where)
  if (nameOf({ ...manifest, folder: '' }) !== nameOf(found))
    throw new FatalError(
      'MODEL_SET_INVALID',
      `${where} is the manifest of ${manifest.set}/${manifest.version}: name its folder so`,
    )
  checkManifestPorts(manifest, where)
  return manifest
}

/** What a set must reproduce. Throws FatalError MODEL_SET_CHANGED or MODEL_SET_INVALID. */
export async function readGolden(folder: string, { golden }: Manifest): Promise<Golden> {
  const bytes = await readClaimed(folder, golden)
  return parseGolden(bytes.toString('utf8'), join(folder, golden.file))
}

async function openTokenizer(folder: string, { tokenizer }: Manifest): Promise<Tokenizer> {
  const bytes = await readClaimed(folder, tokenizer)
  return readTokenizer(bytes.toString('utf8'), join(folder, tokenizer.file))
}

function servedModels(sessions: Sessions, manifest: Manifest, batching: Batching): Record<ServedName, Model> {
  const { max_tokens } = manifest.tokenizer
  const model = (name: Exclude<ServedName, 'picture'>, maxTokens = 1): Model => {
    const { inputs, outputs } = manifest.models[name]
    return new Model({ name, session: sessions[name], inputs, outputs, maxTokens }, batching)
  }
  return {
    picture: pictureModel(sessions, manifest, batching),
    frames: model('frames'),
    query: model('query', max_tokens.query),
    document: model('document', Math.max(...Object.values(max_tokens))),
    perception: model('perception'),
    content: model('content'),
  }
}
