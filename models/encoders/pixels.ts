import { RecordError } from '../../errors/errors.js'
import type { Manifest } from '../sets/manifest.js'

const CHANNELS = 3
const LEVELS = 256

/**
 * Pixels uint8 [size, size, 3] → float32 [3, size, size], scaled and normalised as the manifest says: what the stem
 * reads. What it returns throws RecordError MODEL_INPUT_INVALID for another number of levels.
 */
export function normaliser({ size, mean, std, scale }: Manifest['image']): (pixels: Uint8Array) => Float32Array {
  const pixelCount = size * size
  const levels = Float32Array.from({ length: CHANNELS * LEVELS }, (_, index) => {
    const channel = Math.floor(index / LEVELS)
    return ((index % LEVELS) * scale - mean[channel]!) / std[channel]!
  })
  return (pixels) => {
    if (pixels.length !== CHANNELS * pixelCount)
      throw new RecordError(
        'MODEL_INPUT_INVALID',
        `a picture of ${pixels.length} levels, not ${size} × ${size} × ${CHANNELS}`,
      )
    const planes = new Float32Array(CHANNELS * pixelCount)
    for (let channel = 0; channel < CHANNELS; channel++)
      for (let pixel = 0; pixel < pixelCount; pixel++)
        planes[channel * pixelCount + pixel] = levels[channel * LEVELS + pixels[pixel * CHANNELS + channel]!]!
    return planes
  }
}
