import { describe, expect, test } from '@jest/globals'
import { heldOutVendor } from '../../../../demo/world/concepts/artwork.js'
import type { Concept } from '../../../../demo/world/concepts/concepts.js'
import { worldParameters } from '../../../../demo/world/parameters.js'
import { planWorld } from '../../../../demo/world/plan-world.js'
import { strayMentions } from '../../../../demo/world/texts/phrases.js'
import { missingModalities } from '../../../../demo/world/upload-events.js'

const size = { videos: 700, requests: 0, seed: 7 }
const { vocabulary, videos, queries } = planWorld(size)
const share = (holds: (video: (typeof videos)[number]) => boolean, among = videos): number =>
  among.filter(holds).length / among.length

const byName = new Map(vocabulary.concepts.map((concept) => [concept.name, concept]))

/** Whatever a video shows and names. */
function conceptsIn({ concepts, bait, account, title, cover, clip, transcript }: (typeof videos)[number]): Concept[] {
  const scenes = clip.scenes.map(({ shows }) => shows)
  const said = transcript.segments.map(({ text }) => text).join('\n')
  const mentioned = strayMentions.flatMap((phrase) => said.match(new RegExp(phrase.replace('{x}', '(.+)')))?.[1] ?? [])
  const all = [bait, account.named, cover.beside, cover.textNames, ...title.names, ...cover.shows, ...scenes]
  const strays = mentioned.map((name) => byName.get(name))
  return [...concepts, ...all.filter((each) => each !== null), ...strays.filter((each) => each !== undefined)]
}

describe('the plan of a world', () => {
  test('is the same for the same seed, and another for another', () => {
    const small = { ...size, videos: 200 }
    const [one, again, other] = [small, small, { ...small, seed: 8 }].map((each) => planWorld(each).videos)
    expect(again!.map(({ title, id }) => [id, title.text])).toEqual(one!.map(({ title, id }) => [id, title.text]))
    expect(again![1]!.transcript).toEqual(one![1]!.transcript)
    expect(other!.filter((video, n) => video.title.text === one![n]!.title.text).length).toBeLessThan(20)
  })

  test('has the stated shares', () => {
    const { splits, videos: of, titles, missing, clips } = worldParameters
    const honest = videos.filter(({ bait }) => bait === null)
    expect(share(({ split }) => split === 'test')).toBeCloseTo(splits.test, 1)
    expect(share(({ bait }) => bait !== null)).toBeCloseTo(of.bait, 1)
    expect(share(({ concepts }) => concepts.length === 2)).toBeCloseTo(of.twoConcepts, 1)
    expect(share(({ title }) => title.kind === 'informative', honest)).toBeCloseTo(titles.informative, 1)
    expect(share((video) => video.missing.includes('asr'))).toBeCloseTo(missing.asr, 1)
    expect(share((video) => missingModalities(video).includes('frame_text'))).toBeGreaterThan(1 - clips.captions)
  })

  test('keeps the held-out drawings, pairs and words away from training', () => {
    const isTrained = videos.filter(({ slice }) => slice === 'seen')
    expect(isTrained.some(({ vendor }) => vendor.name === heldOutVendor)).toBe(false)
    const heldOutAmong = (concepts: readonly Concept[]) =>
      concepts.flatMap((one) => concepts.filter((other) => vocabulary.isHeldOut(one, other)))
    expect(isTrained.flatMap((video) => heldOutAmong(conceptsIn(video)))).toEqual([])
    const heldOut = videos.filter(({ slice }) => slice === 'held-out')
    expect(heldOut.every(({ split, vendor }) => split === 'test' && vendor.name === heldOutVendor)).toBe(true)
    expect(heldOut.flatMap(({ concepts }) => heldOutAmong(concepts)).length).toBeGreaterThan(30)
    const heldOutFor = (split: 'validation' | 'test') =>
      vocabulary.concepts.flatMap((each) => vocabulary.heldOutKeywords(each, split))
    const words = new Set([...heldOutFor('validation'), ...heldOutFor('test')])
    const known = new Set(vocabulary.concepts.flatMap((each) => vocabulary.knownKeywords(each)))
    expect([...words].filter((word) => known.has(word))).toEqual([])
    expect(words.size).toBeGreaterThan(50)
  })

  test('a cover is called empty just where it shows nothing of the video and of its bait', () => {
    const isEmpty = ({ cover }: (typeof videos)[number]): boolean => cover.kind === 'empty'
    expect(videos.filter(isEmpty)).toEqual(videos.filter(({ cover }) => cover.shows.length === 0))
    expect(share(isEmpty)).toBeCloseTo(worldParameters.covers.empty, 1)
  })

  test('an ordered clip shows all of the first concept before the second', () => {
    const ordered = videos.filter(({ order }) => order !== null)
    expect(ordered.length).toBeGreaterThan(100)
    for (const { order, clip } of ordered) {
      const shown = clip.scenes.map(({ shows }) => shows).filter((each) => each !== null && order!.includes(each))
      expect(shown.lastIndexOf(order![0])).toBeLessThan(shown.indexOf(order![1]))
    }
  })

  test('clips fill their time, transcripts about 600 characters, topics are where the truth says', () => {
    const { framesPerSecond, seconds } = worldParameters.clips
    const frames = videos.map(({ clip }) => clip.scenes.reduce((sum, scene) => sum + scene.frames, 0))
    expect(new Set(frames)).toEqual(new Set([framesPerSecond * seconds]))
    const characters = videos.map(({ transcript }) => transcript.segments.map(({ text }) => text).join('').length)
    const mean = characters.reduce((sum, each) => sum + each, 0) / videos.length
    expect(mean).toBeGreaterThan(500)
    expect(mean).toBeLessThan(700)
    const named = videos.flatMap(({ transcript, concepts }) =>
      transcript.topicSegments.map((n) => concepts.some(({ name }) => transcript.segments[n]!.text.includes(name))),
    )
    // The rest says a keyword, or slipped.
    expect(named.filter(Boolean).length / named.length).toBeGreaterThan(0.5)
  })

  test('queries are unlike each other; weights add up by kind', () => {
    expect(new Set(queries.map(({ text }) => text)).size).toBe(queries.length)
    for (const [kind, expected] of Object.entries(worldParameters.queries.kinds)) {
      const sum = queries.filter((query) => query.kind === kind).reduce((total, { weight }) => total + weight, 0)
      expect(sum).toBeCloseTo(expected, 6)
    }
    const known = (text: string) => queries.find((query) => query.text === text)
    expect(
      queries.filter(({ heldOut }) => heldOut === 'keyword').every(({ sharedCharacters }) => sharedCharacters),
    ).toBe(true)
    expect(known(vocabulary.concepts[0]!.name)).toMatchObject({ kind: 'name', heldOut: null, sharedCharacters: null })
  })
})
