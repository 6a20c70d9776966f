import { join } from 'node:path'
import { FatalError } from '../../errors/errors.js'
import type { Device } from '../inference/device.js'
import { Model, type Batching } from '../inference/model.js'
import { openSession, type LoadedModel } from '../inference/session.js'
import { readTokenizer, type Tokenizer } from '../text/tokenizer.js'
import { checkAgreement } from './agreement.js'
import { checkManifestPorts, checkModelPorts } from './check-ports.js'
import { checkQueries, checkTexts } from './check-texts.js'
import { nameOf, type SetOnDisk } from './find-sets.js'
import { decodeTensor, parseGolden, type Golden } from './golden.js'
import { modelNames, parseManifest, precisionOf, type Manifest, type ModelName } from './manifest.js'
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

/** A model set that is what it says, loaded. */
export interface ModelSet {
  readonly name: string
  readonly folder: string
  readonly manifest: Manifest
  readonly tokenizer: Tokenizer
  readonly models: Readonly<Record<ModelName, Model>>
  /** Answers what it has taken, then frees the models. */
  close(): Promise<void>
}

/**
 * Opens a set only if its files are what its manifest says, its models take and give what it says, and its golden
 * texts, model outputs and queries come out as recorded: within the manifest's tolerance on the CPU, by cosine ≥ 0.999
 * elsewhere.
 *
 * @throws FatalError MODEL_SET_INVALID, MODEL_SET_CHANGED, MODEL_SET_MISMATCH, MODEL_DEVICE_UNAVAILABLE
 */
export async function openSet(found: SetOnDisk, options: SetOptions): Promise<ModelSet> {
  const { folder } = found
  const say = options.onCheck ?? (() => undefined)
  const manifest = await readManifest(found)
  say(`manifest: format ${manifest.format}, vectors of ${manifest.dim}, its models fit together`)
  const golden = await readGolden(folder, manifest)
  const tokenizer = await openTokenizer(folder, manifest)
  say(`tokenizer: ${checkTexts(golden, tokenizer, manifest)} golden texts have the recorded tokens`)
  const models: Partial<Record<ModelName, Model>> = {}
  const close = async (): Promise<void> => {
    await Promise.all(Object.values(models).map((model) => model.close()))
  }
  try {
    for (const name of modelNames) models[name] = await openModel(name, { folder, manifest, golden, options, say })
    const set = { name: nameOf(found), folder, manifest, tokenizer, close }
    const opened: ModelSet = { ...set, models: models as Record<ModelName, Model> }
    say(`queries: ${await checkQueries(golden, opened)}`)
    return opened
  } catch (error) {
    await close()
    throw error
  }
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

interface Opening {
  readonly folder: string
  readonly manifest: Manifest
  readonly golden: Golden
  readonly options: SetOptions
  readonly say: (line: string) => void
}

async function openModel(name: ModelName, { folder, manifest, golden, options, say }: Opening): Promise<Model> {
  const file = manifest.models[name]
  const bytes = await readClaimed(folder, file)
  let difference = 0
  const trial = async (loaded: LoadedModel, device: Device): Promise<void> => {
    checkModelPorts(name, file, loaded)
    difference = await runGolden(name, loaded, golden, { tolerance: manifest.golden.tolerance, device })
  }
  const { device, fallback, threads } = options
  const session = await openSession(bytes, { name, device, fallback, threads, precision: precisionOf(manifest) }, trial)
  say(`${name}: sha256, inputs, outputs; differs by ${difference.toPrecision(2)} at most; ran on ${session.device}`)
  const parts = { name, session, inputs: file.inputs, outputs: file.outputs, maxTokens: longestText(name, manifest) }
  return new Model(parts, options.batching)
}

async function runGolden(
  name: ModelName,
  loaded: LoadedModel,
  golden: Golden,
  { tolerance, device }: { tolerance: number; device: Device },
): Promise<number> {
  const record = golden.models[name]
  if (!record) throw new FatalError('MODEL_SET_INVALID', `the golden file says nothing of model ${name}`)
  const decoded = (side: typeof record.inputs) =>
    Object.fromEntries(
      Object.entries(side).map(([port, tensor]) => [port, decodeTensor(tensor, `golden ${name}, ${port}`)]),
    )
  return checkAgreement(decoded(record.outputs), await loaded.run(decoded(record.inputs)), {
    ...{ what: `model ${name}`, tolerance, device },
  })
}

function longestText(name: ModelName, { tokenizer: { max_tokens } }: Manifest): number {
  if (name === 'query') return max_tokens.query
  return name === 'document' ? Math.max(...Object.values(max_tokens)) : 1
}
