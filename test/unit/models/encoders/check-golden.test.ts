import { afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { checkGoldenMedia } from '../../../../models/encoders/check-golden-media.js'
import { checkGoldenVideos } from '../../../../models/encoders/check-golden-videos.js'
import type { MediaDecoder } from '../../../../models/encoders/encode-video.js'
import { openLexicon, type Lexicon } from '../../../../models/key-sentences/lexicon.js'
import type { Golden } from '../../../../models/sets/golden.js'
import { readGolden, type ModelSet } from '../../../../models/sets/open-set.js'
import { copySet, type SetCopy } from '../../../helpers/copy-set.js'
import { openTinySet } from '../../../helpers/open-tiny-set.js'

/** Every file is a picture of its first byte, and a clip of two of them. */
const decoder: MediaDecoder = {
  decodePicture: (bytes) => Promise.resolve(new Uint8Array(8 * 8 * 3).fill(bytes[0]!)),
  decodeFrames: () =>
    Promise.resolve({ frames: [9, 9].map((level) => new Uint8Array(8 * 8 * 3).fill(level)), present: [true, true] }),
}
let lexicon: Lexicon
let set: ModelSet

beforeAll(() => {
  lexicon = openLexicon()
})
afterEach(() => set.close())

async function openCopy(copy: SetCopy, spoil: (golden: Golden) => void): Promise<Golden> {
  copy.editGolden(spoil)
  set = await openTinySet(copy.root)
  return readGolden(set.folder, set.manifest)
}

describe('golden videos', () => {
  it('agree where the models do what they did in training', async () => {
    const golden = await openCopy(copySet(), () => undefined)
    const found = await checkGoldenVideos({ set, decoder, lexicon }, golden)
    expect(found).toEqual({ videos: 1, vectors: 4, lowestCosine: expect.closeTo(1, 6) })
  })

  it.each([
    ['another title', (golden: Golden) => (golden.vectors.videos[0]!.title = '小王爱做饭'), /video 1, title: cosine/],
    [
      'a text that was not there',
      (golden: Golden) => (golden.vectors.videos[0]!.account = '切'),
      /account: there is a v/,
    ],
    ['a text that is gone', (golden: Golden) => (golden.vectors.videos[0]!.asr = null), /video 1, asr: none/],
  ])('with %s do not', async (_, spoil, message) => {
    const golden = await openCopy(copySet(), spoil)
    await expect(checkGoldenVideos({ set, decoder, lexicon }, golden)).rejects.toMatchObject({
      code: 'MODEL_SET_MISMATCH',
      message: expect.stringMatching(message) as unknown,
    })
  })
})

describe('golden media', () => {
  const withMedia =
    (levels: number) =>
    (golden: Golden): void => {
      const record = { file: 'image.onnx', pixels: 'stem.onnx', max_level_difference: levels }
      golden.images.push(record)
      golden.clips.push({ ...record, pixels: ['stem.onnx', 'stem.onnx'] })
    }

  it('may differ by as many levels as recorded', async () => {
    const copy = copySet()
    const golden = await openCopy(copy, withMedia(1))
    expect(await checkGoldenMedia(set, golden, decoder)).toEqual({
      pictures: 1,
      clips: 1,
      pictureLevels: 0,
      clipLevels: 1,
    })
  })

  it('may not differ by more', async () => {
    const golden = await openCopy(copySet(), withMedia(0))
    await expect(checkGoldenMedia(set, golden, decoder)).rejects.toMatchObject({
      code: 'MODEL_SET_MISMATCH',
      message: 'image.onnx, frame 0: a level differs by 1 from what training saw, and 0 is allowed',
    })
  })
})
