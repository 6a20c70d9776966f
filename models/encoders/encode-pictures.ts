import { RecordError } from '../../errors/errors.js'
import type { ModelSet } from '../sets/open-set.js'
import { normaliser } from './pixels.js'

/** Frames of a clip in order of time: uint8 [size, size, 3] each, and which of them are real. */
export interface DecodedFrames {
  readonly frames: readonly Uint8Array[]
  readonly present: readonly boolean[]
}

/** Vector [dim] of a picture, uint8 [size, size, 3]. Throws RecordError MODEL_INPUT_INVALID for one of another size. */
export async function encodePicture({ models, manifest }: ModelSet, pixels: Uint8Array): Promise<Float32Array> {
  const { features } = await models.stem.answerWhenFree({ pixels: normaliser(manifest.image)(pixels) })
  return (await models.image.answerWhenFree({ features: features! })).vector!
}

/**
 * Vector [dim] of a clip; null when none of its frames is there.
 *
 * @throws RecordError MODEL_INPUT_INVALID when there are more or fewer frames than the set reads
 */
export async function encodeFrames(set: ModelSet, { frames, present }: DecodedFrames): Promise<Float32Array | null> {
  const { dim, frames: wanted } = set.manifest
  if (frames.length !== wanted.count || present.length !== wanted.count)
    throw new RecordError('MODEL_INPUT_INVALID', `a clip of ${frames.length} frames, not ${wanted.count}`)
  if (!present.includes(true)) return null
  const vectors = new Float32Array(wanted.count * dim)
  await Promise.all(
    frames.map(async (pixels, index) => {
      if (present[index]) vectors.set(await encodePicture(set, pixels), index * dim)
    }),
  )
  return (await set.models.frames.answerWhenFree({ vectors, present: Uint8Array.from(present, Number) })).vector!
}
