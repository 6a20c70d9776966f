import { FatalError } from '../../errors/errors.js'
import type { TensorMap } from '../inference/tensors.js'
import { decodeTensor, type Golden, type GoldenTensor } from './golden.js'
import type { ModelName, Port } from './manifest.js'

/**
 * What a model is to be given, and what it must give for it.
 *
 * @param ports all its outputs: one that is not recorded would go unchecked
 * @throws FatalError MODEL_SET_INVALID when the golden file lacks the model or an output, or has one of another shape
 */
export function goldenModel(
  golden: Golden,
  name: ModelName,
  ports: readonly Port[],
): { readonly inputs: TensorMap; readonly outputs: TensorMap } {
  const record = golden.models[name]
  if (!record) throw invalid(`the golden file says nothing of model ${name}`)
  for (const port of ports) {
    const shape = record.outputs[port.name]?.shape
    if (shape !== undefined && fits(shape, port)) continue
    const found = shape === undefined ? 'nothing' : `shape [${shape.join(', ')}]`
    throw invalid(`golden ${name}, ${port.name}: ${found} is recorded of an output [${port.shape.join(', ')}]`)
  }
  return { inputs: decoded(record.inputs, name), outputs: decoded(record.outputs, name) }
}

const fits = (shape: readonly number[], port: Port): boolean =>
  shape.length === port.shape.length &&
  port.shape.every((size, axis) => typeof size === 'string' || size === shape[axis])

const decoded = (side: Readonly<Record<string, GoldenTensor>>, name: ModelName): TensorMap =>
  Object.fromEntries(
    Object.entries(side).map(([port, tensor]) => [port, decodeTensor(tensor, `golden ${name}, ${port}`)]),
  )

const invalid = (message: string): FatalError => new FatalError('MODEL_SET_INVALID', message)
