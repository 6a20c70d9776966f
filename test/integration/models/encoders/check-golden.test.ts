import { basename } from 'node:path'
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { RecordError } from '../../../../errors/errors.js'
import { checkGoldenMedia } from '../../../../models/encoders/check-golden-media.js'
import { checkGoldenVideos } from '../../../../models/encoders/check-golden-videos.js'
import type { Decoders } from '../../../../models/encoders/encode-video.js'
import { openLexicon, type Lexicon } from '../../../../models/key-sentences/lexicon.js'
import { decodeTensor, type Golden } from '../../../../models/sets/golden.js'
import { readGolden, type ModelSet } from '../../../../models/sets/open-set.js'
import { copySet, type SetCopy } from '../../../helpers/copy-set.js'
import { openTinySet } from '../../../helpers/open-tiny-set.js'

/** Every file is a picture of the first letter of its name, and a clip of two of letter z. */
const decoders: Decoders = {
  decodePicture: (path) => Promise.resolve(new Uint8Array(8 * 8 * 3).fill(basename(path as string).charCodeAt(0))),
  decodeFrames: () => Promise.resolve(new Uint8Array(2 * 8 * 8 * 3).fill('z'.charCodeAt(0))),
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
    const found = await checkGoldenVideos({ set, decoders, lexicon }, golden, 0.99999)
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
    await expect(checkGoldenVideos({ set, decoders, lexicon }, golden, 0.999)).rejects.toMatchObject({
      code: 'MODEL_SET_MISMATCH',
      message: expect.stringMatching(message) as unknown,
    })
  })

  it('whose cover cannot be read are named', async () => {
    const golden = await openCopy(copySet(), ({ vectors }) => (vectors.videos[0]!.cover = 'golden/scene.png'))
    const decodePicture = () => Promise.reject(new RecordError('MEDIA_BROKEN', 'scene.png: broken'))
    const checked = checkGoldenVideos({ set, decoders: { ...decoders, decodePicture }, lexicon }, golden, 0.999)
    await expect(checked).rejects.toMatchObject({
      code: 'MODEL_SET_MISMATCH',
      message: 'golden video 1, cover: scene.png: broken',
    })
  })

  it('must be there', async () => {
    const golden = await openCopy(copySet(), ({ vectors }) => (vectors.videos = []))
    const checked = checkGoldenVideos({ set, decoders, lexicon }, golden, 0.999)
    await expect(checked).rejects.toMatchObject({
      code: 'MODEL_SET_INVALID',
      message: expect.stringMatching(/no vectors of videos/) as unknown,
    })
  })

  it('are as near to the record as is demanded', async () => {
    const golden = await openCopy(copySet(), turn)
    const check = (demanded: number) => checkGoldenVideos({ set, decoders, lexicon }, golden, demanded)
    await expect(check(0.99999)).rejects.toThrow(/^golden video 1, content: cosine 0\.999950 .* below 0\.99999$/)
    expect(await check(0.999)).toMatchObject({ vectors: 4, lowestCosine: expect.closeTo(0.99995, 6) })
  })
})

/** The golden vector turned a little: 0.99995 is its cosine. */
function turn({ vectors: { videos } }: Golden): void {
  const record = videos[0]!.content!
  const [a, b, c, d] = decodeTensor(record, 'content').data as Float32Array
  const turned = Float32Array.of(a! - b! / 100, b! + a! / 100, c! - d! / 100, d! + c! / 100)
  record.data = Buffer.from(turned.buffer).toString('base64')
}

describe('golden media', () => {
  const withMedia =
    (picture: number, clip: number) =>
    (golden: Golden): void => {
      golden.images = [{ file: 'stem.onnx', pixels: 'query.onnx', max_level_difference: picture }]
      golden.clips = [{ file: 'stem.onnx', pixels: ['stem.onnx', 'query.onnx'], max_level_difference: clip }]
    }

  it('may differ by as many levels as recorded', async () => {
    const golden = await openCopy(copySet(), withMedia(2, 9))
    const found = await checkGoldenMedia(set, golden, decoders)
    expect(found).toEqual({ pictures: 1, clips: 1, pictureLevels: 2, clipLevels: 9 })
  })

  it.each([
    [1, 9, 'stem.onnx: a level differs by 2 from what training saw, and 1 is allowed: '],
    [2, 8, 'stem.onnx, frame 1: a level differs by 9 from what training saw, and 8 is allowed: '],
  ])('may not differ by more than %i and %i', async (picture, clip, message) => {
    const golden = await openCopy(copySet(), withMedia(picture, clip))
    await expect(checkGoldenMedia(set, golden, decoders)).rejects.toMatchObject({
      code: 'MODEL_SET_MISMATCH',
      message: expect.stringContaining(message) as unknown,
    })
  })

  it.each([
    ['pictures', (golden: Golden) => (golden.images = []), /no pictures/],
    ['clips', (golden: Golden) => (golden.clips = []), /no clips/],
    ['frames', ({ clips }: Golden) => clips[0]!.pixels.pop(), /scenes\.mp4: 1 frames are recorded of 2/],
  ])('without %s show nothing', async (_, spoil, message) => {
    const golden = await openCopy(copySet(), spoil)
    await expect(checkGoldenMedia(set, golden, decoders)).rejects.toMatchObject({
      code: 'MODEL_SET_INVALID',
      message: expect.stringMatching(message) as unknown,
    })
  })

  const broken: Decoders['decodePicture'] = (path) =>
    Promise.reject(new RecordError('MEDIA_BROKEN', `${basename(path as string)}: broken`))

  it.each([
    ['scene.png', { ...decoders, decodePicture: broken }],
    ['scenes.mp4', { ...decoders, decodeFrames: broken }],
  ])('say that %s is damaged, and what to do', async (file, damaged) => {
    const golden = await openCopy(copySet(), () => undefined)
    await expect(checkGoldenMedia(set, golden, damaged)).rejects.toMatchObject({
      code: 'MODEL_SET_CHANGED',
      message: `golden media cannot be decoded: ${file}: broken; copy the set again as a whole`,
    })
  })
})
