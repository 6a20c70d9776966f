import { describe, expect, it } from '@jest/globals'
import { demandedCosine } from '../../../../models/encoders/demanded-cosine.js'
import { tinyManifest } from '../../../helpers/tiny-set.js'

const manifest = tinyManifest()
const onCpu = { manifest, devices: ['cpu'] } as const
const equal = { pictureLevels: 0, clipLevels: 0 }

describe('the cosine that golden videos must have', () => {
  it('is all but 1 where nothing rounds otherwise than in training', () => {
    expect(demandedCosine(onCpu, equal)).toBe(0.99999)
  })

  it.each([
    ['other pictures', onCpu, { ...equal, pictureLevels: 1 }],
    ['other clips', onCpu, { ...equal, clipLevels: 1 }],
    ['a GPU', { manifest, devices: ['cpu', 'cuda'] as const }, equal],
    ['half precision', { ...onCpu, manifest: { ...manifest, provenance: { precision: 'float16 inside' } } }, equal],
  ])('leaves room for %s', (_, set, media) => {
    expect(demandedCosine(set, media)).toBe(0.999)
  })
})
