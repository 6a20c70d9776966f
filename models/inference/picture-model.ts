import type { Manifest } from '../sets/manifest.js'
import { Model, type Batching } from './model.js'
import { normaliser } from './pixels.js'
import type { RowPort } from './rows.js'
import type { ModelSession } from './session.js'
import type { TensorMap } from './tensors.js'

/**
 * Pictures to vectors: input `pixels`, uint8 [size, size, 3], output `vector`. Stem and head run on one batch after
 * each other, so that the many numbers between them are never taken apart.
 */
export function pictureModel(
  { stem, image }: { readonly stem: ModelSession; readonly image: ModelSession },
  manifest: Manifest,
  batching: Batching,
): Model {
  const { size } = manifest.image
  const normalise = normaliser(manifest.image)
  const run = async ({ pixels }: TensorMap): Promise<TensorMap> => {
    const count = pixels!.shape[0]!
    const data = normalise(pixels!.data as Uint8Array)
    return image.run(await stem.run({ pixels: { type: 'float32', shape: [count, 3, size, size], data } }))
  }
  const close = async (): Promise<void> => {
    await Promise.all([stem.close(), image.close()])
  }
  const session = { device: stem.device, run, close }
  const inputs = [{ name: 'pixels', type: 'uint8', shape: ['batch', size, size, 3] } satisfies RowPort]
  return new Model({ name: 'picture', session, inputs, outputs: manifest.models.image.outputs, maxTokens: 1 }, batching)
}
