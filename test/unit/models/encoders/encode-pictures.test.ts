import { describe, expect, it } from '@jest/globals'
import { encodeFrames } from '../../../../models/encoders/encode-pictures.js'
import type { Row } from '../../../../models/inference/rows.js'
import type { ModelSet } from '../../../../models/sets/open-set.js'
import { tinyManifest } from '../../../helpers/tiny-set.js'

const SIZE = 2
const COUNT = 3

/** The vector of a picture is its first level, twice; the first pictures are answered last. */
function recordingSet(asked: Row[]): ModelSet {
  const { image, frames, ...manifest } = tinyManifest()
  const picture = async ({ pixels }: Row) => {
    const level = Number(pixels![0])
    for (let turn = level; turn < 10; turn++) await Promise.resolve()
    return { vector: Float32Array.of(level, level) }
  }
  const clip = (row: Row) => {
    asked.push(row)
    return Promise.resolve({ vector: Float32Array.of(1, 0) })
  }
  return {
    manifest: { ...manifest, dim: 2, image: { ...image, size: SIZE }, frames: { ...frames, count: COUNT } },
    models: { picture: { answerWhenFree: picture }, frames: { answerWhenFree: clip } },
  } as unknown as ModelSet
}

describe('the vector of a clip', () => {
  it('is made of the vectors of its frames in order of time, all of them present', async () => {
    const asked: Row[] = []
    const pixels = Uint8Array.from([1, 2, 3].flatMap((level) => Array<number>(SIZE * SIZE * 3).fill(level)))
    expect([...(await encodeFrames(recordingSet(asked), pixels))]).toEqual([1, 0])
    expect(asked).toEqual([{ vectors: Float32Array.of(1, 1, 2, 2, 3, 3), present: Uint8Array.of(1, 1, 1) }])
  })
})
