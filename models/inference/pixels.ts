import type { Manifest } from '../sets/manifest.js'

const CHANNELS = 3
const LEVELS = 256

/**
 * Pixels uint8 [n, size, size, 3] → float32 [n, 3, size, size], scaled and normalised as the manifest says: what the
 * stem reads. The planes hold until the next call: megabytes thrown away with every batch keep the garbage
 * collector busy.
 */
export function normaliser({ size, mean, std, scale }: Manifest['image']): (pixels: Uint8Array) => Float32Array {
  const plane = size * size
  const levels = Float32Array.from({ length: CHANNELS * LEVELS }, (_, index) => {
    const channel = Math.floor(index / LEVELS)
    return ((index % LEVELS) * scale - mean[channel]!) / std[channel]!
  })
  let kept = new Float32Array(0)
  return (pixels) => {
    if (kept.length < pixels.length) kept = new Float32Array(pixels.length)
    const planes = kept.subarray(0, pixels.length)
    for (let picture = 0; picture < pixels.length; picture += CHANNELS * plane)
      for (let pixel = picture, level = picture; pixel < picture + plane; pixel++) {
        planes[pixel] = levels[pixels[level++]!]!
        planes[pixel + plane] = levels[LEVELS + pixels[level++]!]!
        planes[pixel + 2 * plane] = levels[2 * LEVELS + pixels[level++]!]!
      }
    return planes
  }
}
