import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { RecordError, TransientError } from '../../../../errors/errors.js'
import { encodeQuery } from '../../../../models/encoders/encode-text.js'
import { encodeVideo, matchVideo, type Decoders, type VideoInput } from '../../../../models/encoders/encode-video.js'
import { openLexicon, type Lexicon } from '../../../../models/key-sentences/lexicon.js'
import { cosine } from '../../../../models/match.js'
import type { ModelSet } from '../../../../models/sets/open-set.js'
import { openTinySet } from '../../../helpers/open-tiny-set.js'

const picture = (level: number): Uint8Array => new Uint8Array(8 * 8 * 3).fill(level)

/** Reads a cover or a clip as pictures of the levels that its bytes are; 0 cannot be read. */
const decoders: Decoders = {
  decodePicture: (bytes) => {
    if (bytes[0] === 0) return Promise.reject(new RecordError('MEDIA_BROKEN', 'no picture'))
    return Promise.resolve(picture(bytes[0] as number))
  },
  decodeFrames: (clip) =>
    Promise.resolve(Uint8Array.from([...(clip as Uint8Array)].flatMap((level) => [...picture(level)]))),
}

let set: ModelSet
let lexicon: Lexicon

beforeAll(async () => {
  set = await openTinySet()
  lexicon = openLexicon()
})
afterAll(() => set.close())

const encode = (input: VideoInput, media = decoders) => encodeVideo({ set, decoders: media, lexicon }, input)
const full: VideoInput = {
  ...{ title: '红苹果怎么切', account: '小王', cover_text: '切', frame_text: '先洗净', asr: '再切开' },
  ...{ cover: Uint8Array.of(200), frames: Uint8Array.of(10, 250) },
}

describe('a video', () => {
  it('has a vector of every modality, and both fusions: here the directions of their sums', async () => {
    const { modalities, perception, content, problems } = await encode(full)
    const { title, account, cover, cover_text, frames, frame_text, asr } = modalities
    expect(problems).toEqual({})
    expect(cosine(perception!, sum(title, account, cover, cover_text))).toBeCloseTo(1, 6)
    expect(cosine(content!, sum(title, account, cover, cover_text, frames, frame_text, asr))).toBeCloseTo(1, 6)
  })

  it('without some modalities is the fusion of the others', async () => {
    const { modalities, perception, content } = await encode({
      title: '苹果',
      cover: null,
      cover_text: ' \u0000',
      asr: '切',
    })
    expect(Object.entries(modalities).flatMap(([name, vector]) => (vector ? [name] : []))).toEqual(['title', 'asr'])
    expect(cosine(perception!, sum(modalities.title))).toBeCloseTo(1, 6)
    expect(cosine(content!, sum(modalities.title, modalities.asr))).toBeCloseTo(1, 6)
  })

  it('without any modality of a fusion has no vector of it', async () => {
    expect(await encode({ frame_text: '切' })).toMatchObject({ perception: null, content: expect.any(Float32Array) })
    expect(await encode({})).toMatchObject({ perception: null, content: null })
  })

  it('whose cover is broken keeps all else, and says why', async () => {
    const { modalities, perception, problems } = await encode({ ...full, cover: Uint8Array.of(0) })
    const { title, account, cover, cover_text } = modalities
    expect(cover).toBeNull()
    expect(problems).toMatchObject({ cover: { code: 'MEDIA_BROKEN' } })
    expect(cosine(perception!, sum(title, account, cover_text))).toBeCloseTo(1, 6)
  })

  it('whose decoder is away for a moment has no vectors at all', async () => {
    const away: Decoders = {
      ...decoders,
      decodePicture: () => Promise.reject(new TransientError('MEDIA_QUEUE_FULL', 'away')),
    }
    await expect(encode(full, away)).rejects.toMatchObject({ retriable: true })
  })

  it('has a vector of its frames', async () => {
    const { modalities } = await encode({ cover: Uint8Array.of(40), frames: Uint8Array.of(40, 40) })
    expect(cosine(modalities.frames!, sum(modalities.cover, modalities.cover))).toBeCloseTo(1, 6)
    expect((await encode({ frames: Uint8Array.of(1) })).problems).toMatchObject({
      frames: { code: 'MODEL_INPUT_INVALID', message: 'a clip of 1 frames of 8 × 8 × 3, not 2' },
    })
  })

  it('is heard by the key sentences of its transcript', async () => {
    const segments = ['大家好,欢迎来到这里。', '苹果怎么切?', '记得点赞和关注哦。'].map((text) => ({ text }))
    const spoken = await encode({ title: '苹果怎么切', asr: segments })
    const key = await encode({ asr: '苹果怎么切?' })
    expect([...spoken.modalities.asr!]).toEqual([...key.modalities.asr!].map(near))
  })

  it('has its texts cut as training cuts them: by characters, white space included', async () => {
    const cut = await encode({ account: '小 王 爱' })
    expect([...cut.modalities.account!]).toEqual([...(await encode({ account: '小王' })).modalities.account!].map(near))
  })
})

describe('a query', () => {
  it('meets a video in four scores', async () => {
    const video = await encode({ ...full, frames: null })
    const query = await encodeQuery(set, '苹果')
    expect(matchVideo(query!, video)).toEqual({
      cover: near(cosine(query!, video.modalities.cover!)),
      perception: near(cosine(query!, video.perception!)),
      frames: null,
      content: near(cosine(query!, video.content!)),
    })
  })

  it('that holds nothing to read has no vector', async () => {
    for (const text of ['', ' \n', '\ud83d']) expect(await encodeQuery(set, text)).toBeNull()
  })
})

const near = (value: number): unknown => expect.closeTo(value, 6)

/** What the tiny fusions and its model of frames make of vectors: their sum, each moved by this. */
const shift = [0.1, 0.2, 0.3, 0.4]
const sum = (...vectors: (Float32Array | null)[]): Float32Array =>
  Float32Array.from(shift, (move, index) => vectors.reduce((total, vector) => total + vector![index]! + move, 0))
