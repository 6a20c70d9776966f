import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { RecordError } from '../../../../errors/errors.js'
import type { EncoderParts } from '../../../../models/encoders/encode-video.js'
import { evaluateWorld, type EvaluationOptions } from '../../../../models/evaluation/evaluate-world.js'
import { openLexicon } from '../../../../models/key-sentences/lexicon.js'
import { openTinySet } from '../../../helpers/open-tiny-set.js'
import { trueVideo, uploaded, writeTinyWorld } from '../../../helpers/tiny-world.js'

let parts: EncoderParts
let world: string

beforeAll(async () => {
  const broken = (): Promise<never> => Promise.reject(new RecordError('MEDIA_BROKEN', 'no picture'))
  const decoders = { decodePicture: broken, decodeFrames: broken }
  parts = { set: await openTinySet(), lexicon: openLexicon(), decoders }
})
afterAll(() => parts.set.close())

const titles = { a: '红苹果', b: '苹果', c: '怎么切', d: '种' }
const query = { kind: 'name', concepts: [], held_out: null, shared_characters: null, weight: 1 }
const grades = ['a\t2\t2', 'b\t1\t2', 'c\t0\t2', 'd\t0\t0'].map((line) => `test\tq1\t${line}`)

beforeEach(() => {
  world = worldOf('abcd')
})

/** Videos of `heldOut` are of the held-out slice, the others of the seen one. */
function worldOf(heldOut: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'world-'))
  const videos = Object.entries(titles)
  writeTinyWorld(folder, {
    events: videos.map(([id, title]) =>
      uploaded(id, { title, account_name: '', cover_uri: id === 'a' ? 'a.jpg' : null }),
    ),
    videos: videos.map(([id]) => trueVideo(id, { split: 'test', slice: heldOut.includes(id) ? 'held-out' : 'seen' })),
    files: {
      'a.jpg': 'no picture',
      'truth/queries.jsonl': JSON.stringify({ query_id: 'q1', text: '红苹果', ...query }),
      'truth/grades.tsv': [
        'split\tquery_id\tvideo_id\tperceived\tcontent',
        ...grades,
        'train\tq1\tz\t2\t2',
        'validation\tq9\ta\t2\t2',
      ].join('\n'),
    },
  })
  return folder
}

const options: EvaluationOptions = { split: 'test', parallel: 2, resamples: 20, seed: 1 }

describe('a model set on a world', () => {
  it('is judged by what videos promise and hold, beside matching by characters', async () => {
    const found = await evaluateWorld(world, parts, options)
    expect(found).toMatchObject({ queries: 1, videos: 4, pairs: 4, problems: { MEDIA_BROKEN: 1 } })
    const characters = found.perceived.find(({ scorer }) => scorer === 'characters')
    // Shares 1, 2/3, 0, 0 for grades 2, 1, 0, 0: all 5 pairs in order. By content 3 pairs, one of them tied.
    expect(characters).toMatchObject({ positive: 5, negative: 0, tied: 0, pair_accuracy: 1, fusion_ahead: {} })
    expect(found.content.find(({ scorer }) => scorer === 'characters')).toMatchObject({ positive: 2, tied: 1 })
  })

  it('compares each truth with the fusion that is made for it', async () => {
    const { perceived, content } = await evaluateWorld(world, parts, options)
    const alone = (all: typeof content) => all.filter(({ fusion_ahead }) => fusion_ahead === null)
    expect(alone(perceived)).toMatchObject([{ scorer: 'perception' }])
    expect(alone(content)).toMatchObject([{ scorer: 'content' }])
    const [title, fusion] = ['title', 'content'].map((name) => content.find(({ scorer }) => scorer === name)!)
    expect(title!.fusion_ahead!.value).toBeCloseTo(fusion!.pnr - title!.pnr, 12)
  })

  it('compares only videos of one slice: the candidates of a query were drawn for each apart', async () => {
    const found = await evaluateWorld(worldOf('ab'), parts, options)
    expect(found).toMatchObject({ queries: 1, videos: 4, pairs: 4 })
    const characters = ({ perceived, content }: typeof found) =>
      [perceived, content].map((all) => all.find(({ scorer }) => scorer === 'characters'))
    // By promise a before b; c and d are equal. By content a and b are equal, and c and d share nothing with the query.
    expect(characters(found)).toMatchObject([
      { positive: 1, negative: 0, tied: 0 },
      { positive: 0, negative: 0, tied: 1 },
    ])
  })

  it('may be looked at on a slice, or on the first videos', async () => {
    const world = worldOf('ab')
    expect(await evaluateWorld(world, parts, { ...options, slice: 'held-out' })).toMatchObject({ videos: 2, pairs: 2 })
    expect(await evaluateWorld(world, parts, { ...options, maxVideos: 3 })).toMatchObject({ videos: 3, pairs: 3 })
  })

  it('says what it is doing, and ends when it is told to', async () => {
    const said: string[] = []
    const controller = new AbortController()
    const onProgress = (text: string): void => {
      said.push(text)
      controller.abort(new Error('enough'))
    }
    await expect(
      evaluateWorld(world, parts, { ...options, parallel: 1, signal: controller.signal, onProgress }),
    ).rejects.toThrow('enough')
    expect(said).toEqual(['1 of 4 videos'])
  })

  it.each([
    ['grades.tsv', 'split\tquery\n', /grades\.tsv:1: expected split, query_id/],
    [
      'grades.tsv',
      `split\tquery_id\tvideo_id\tperceived\tcontent\n${grades[0]!.replace('2', '3')}`,
      /grades\.tsv:2: exp/,
    ],
    ['grades.tsv', 'split\tquery_id\tvideo_id\tperceived\tcontent\n', /has no graded video of split test/],
    ['queries.jsonl', '', /grades\.tsv names query q1, and queries\.jsonl does not/],
  ])('needs a world whose %s fits', async (file, text, message) => {
    writeFileSync(join(world, 'truth', file), text)
    await expect(evaluateWorld(world, parts, options)).rejects.toMatchObject({
      code: 'WORLD_INVALID',
      message: expect.stringMatching(message) as unknown,
    })
  })
})
