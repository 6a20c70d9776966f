import type { InferenceSession } from 'onnxruntime-node'
import { FatalError } from '../../errors/errors.js'
import type { Manifest, ModelFile, ModelName, Port } from './manifest.js'

type Ports = Pick<ModelFile, 'inputs' | 'outputs'>

const float = (name: string, ...shape: Port['shape']): Port => ({ name, type: 'float32', shape: ['batch', ...shape] })

/** What the models of a set must take and give for the encoders to use them; the features of a picture are its own. */
function neededPorts({ dim, image, frames, domains, models }: Manifest): Record<ModelName, Ports> {
  const vector = float('vector', dim)
  const features = float('features', ...(models.stem.outputs[0]?.shape.slice(1) ?? []))
  const present = (count: number): Port => ({ name: 'present', type: 'bool', shape: ['batch', count] })
  const text: Ports = { inputs: [{ name: 'ids', type: 'int64', shape: ['batch', 'tokens'] }], outputs: [vector] }
  const fusion = (domain: 'perception' | 'content'): Ports => ({
    inputs: [float('embeddings', domains[domain].length, dim), present(domains[domain].length)],
    outputs: [float('vectors', models[domain].outputs[0]?.shape[1] ?? 1, dim), vector],
  })
  return {
    stem: { inputs: [float('pixels', 3, image.size, image.size)], outputs: [features] },
    image: { inputs: [features], outputs: [vector] },
    frames: { inputs: [float('vectors', frames.count, dim), present(frames.count)], outputs: [vector] },
    query: text,
    document: text,
    perception: fusion('perception'),
    content: fusion('content'),
  }
}

/** @throws FatalError MODEL_SET_INVALID when the models of a manifest do not fit together */
export function checkManifestPorts(manifest: Manifest, where: string): void {
  for (const [name, needed] of Object.entries(neededPorts(manifest)))
    for (const side of ['inputs', 'outputs'] as const) {
      const [given, wanted] = [manifest.models[name as ModelName][side], needed[side]].map(described)
      if (given === wanted) continue
      throw new FatalError('MODEL_SET_INVALID', `${where}: the ${side} of ${name} are ${given}, and must be ${wanted}`)
    }
}

/** @throws FatalError MODEL_SET_MISMATCH when a model has other inputs or outputs than its manifest says */
export function checkModelPorts(
  name: string,
  { inputs, outputs }: Ports,
  found: { readonly [Side in 'inputs' | 'outputs']: readonly InferenceSession.ValueMetadata[] },
): void {
  for (const [side, ports] of [['inputs', inputs] as const, ['outputs', outputs] as const]) {
    const fits =
      ports.length === found[side].length &&
      ports.every((port) => found[side].some((each) => isSame(port, each, side === 'outputs')))
    if (fits) continue
    const [given, wanted] = [found[side].map(portOf), ports].map(described)
    throw new FatalError(
      'MODEL_SET_MISMATCH',
      `model ${name}: its ${side} are ${given}, and the manifest says ${wanted}`,
    )
  }
}

/** An exporter does not know every size of an output: the golden outputs then show it. */
function isSame(port: Port, found: InferenceSession.ValueMetadata, isOutput: boolean): boolean {
  if (!found.isTensor || found.name !== port.name || found.type !== port.type) return false
  if (found.shape.length !== port.shape.length) return false
  return port.shape.every((size, axis) => {
    const there = found.shape[axis]
    if (typeof size === 'string') return typeof there === 'string'
    return there === size || (isOutput && typeof there === 'string')
  })
}

const portOf = (found: InferenceSession.ValueMetadata): Pick<Port, 'name'> & { type: string; shape: unknown[] } =>
  found.isTensor
    ? { name: found.name, type: found.type, shape: [...found.shape] }
    : { name: found.name, type: 'no tensor', shape: [] }

const described = (ports: readonly { name: string; type: string; shape: readonly unknown[] }[]): string =>
  ports.map(({ name, type, shape }) => `${name}: ${type} [${shape.join(', ')}]`).join('; ')
