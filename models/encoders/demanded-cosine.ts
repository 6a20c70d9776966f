import { precisionOf } from '../sets/manifest.js'
import type { ModelSet } from '../sets/open-set.js'
import type { MediaAgreement } from './check-golden-media.js'

/** Nothing but the order of additions can differ: frames in the wrong order still have 0.99995. */
const LOWEST_OF_EQUAL_PIXELS = 0.99999
/** Decoders differ by a level here and there, GPUs and half precision round otherwise. */
const LOWEST = 0.999

/** The cosine to demand of golden videos, by where a set runs and whether it saw the pixels that training saw. */
export function demandedCosine(
  { manifest, devices }: Pick<ModelSet, 'manifest' | 'devices'>,
  { pictureLevels, clipLevels }: Pick<MediaAgreement, 'pictureLevels' | 'clipLevels'>,
): number {
  const equalPixels = pictureLevels === 0 && clipLevels === 0
  const equalNumbers = precisionOf(manifest) === 'float32' && devices.every((device) => device === 'cpu')
  return equalPixels && equalNumbers ? LOWEST_OF_EQUAL_PIXELS : LOWEST
}
