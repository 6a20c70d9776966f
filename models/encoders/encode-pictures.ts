import { RecordError } from '../../errors/errors.js'
import type { ModelSet } from '../sets/open-set.js'

/** Vector [dim] of a picture, uint8 [size, size, 3]. Throws as `Model.answerWhenFree`. */
export async function encodePicture({ models }: ModelSet, pixels: Uint8Array): Promise<Float32Array> {
  return (await models.picture.answerWhenFree({ pixels })).vector!
}

/**
 * Vector [dim] of a clip by its frames in order of time, uint8 [frames, size, size, 3].
 *
 * @throws RecordError MODEL_INPUT_INVALID when there are more or fewer frames than the set reads; what
 *   `Model.answerWhenFree` throws
 */
export async function encodeFrames(set: ModelSet, pixels: Uint8Array): Promise<Float32Array> {
  const { dim, frames, image } = set.manifest
  const each = image.size * image.size * 3
  if (pixels.length !== frames.count * each)
    throw new RecordError(
      'MODEL_INPUT_INVALID',
      `a clip of ${pixels.length / each} frames of ${image.size} × ${image.size} × 3, not ${frames.count}`,
    )
  const vectors = new Float32Array(frames.count * dim)
  await Promise.all(
    Array.from({ length: frames.count }, async (_, index) => {
      vectors.set(await encodePicture(set, pixels.subarray(index * each, (index + 1) * each)), index * dim)
    }),
  )
  const present = new Uint8Array(frames.count).fill(1)
  return (await set.models.frames.answerWhenFree({ vectors, present })).vector!
}
