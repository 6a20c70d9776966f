import { describe, expect, test } from '@jest/globals'
import { contentGrade, perceivedGrade } from '../../../../demo/world/grades.js'
import { planWorld } from '../../../../demo/world/plan-world.js'
import type { WorldQuery } from '../../../../demo/world/queries.js'
import type { WorldVideo } from '../../../../demo/world/video.js'

const { videos, vocabulary } = planWorld({ videos: 20, requests: 0, seed: 1 })
const [dog, cat, cup, map] = vocabulary.concepts as [WorldVideo['concepts'][0], ...WorldVideo['concepts']]

const video = (over: Partial<WorldVideo>): WorldVideo => ({
  ...videos[0]!,
  ...{ concepts: [dog], order: null, bait: null, missing: [] },
  account: { id: 'a', name: '小李', habit: [], named: null },
  title: { kind: 'vague', text: '今天', names: [] },
  cover: { kind: 'truth', shows: [], beside: null, text: null, textNames: null },
  ...over,
})

const asks = (...concepts: WorldVideo['concepts'][number][]): WorldQuery => ({
  ...{
    id: 'q',
    text: 'x',
    kind: concepts.length === 1 ? 'name' : 'pair',
    heldOut: null,
    askedIn: [],
    sharedCharacters: null,
    weight: 1,
  },
  concepts,
})

describe('what a video holds', () => {
  test('its subject and its second concept wholly, the third in passing', () => {
    const held = video({ concepts: [dog, cat!, cup!] })
    expect([dog, cat!, cup!, map!].map((each) => contentGrade(asks(each), held))).toEqual([2, 2, 1, 0])
  })

  test('of two things the mean, rounded down', () => {
    expect(contentGrade(asks(dog, cat!), video({ concepts: [dog, cat!] }))).toBe(2)
    expect(contentGrade(asks(dog, map!), video({ concepts: [dog] }))).toBe(1)
    expect(contentGrade(asks(cup!, map!), video({ concepts: [dog, cat!, cup!] }))).toBe(0)
  })

  test('a change only in its order', () => {
    const change = { ...asks(dog, cat!), kind: 'change' as const }
    expect(contentGrade(change, video({ concepts: [dog, cat!], order: [dog, cat!] }))).toBe(2)
    expect(contentGrade(change, video({ concepts: [dog, cat!], order: [cat!, dog] }))).toBe(1)
    expect(contentGrade(change, video({ concepts: [dog, cat!], order: null }))).toBe(1)
    expect(contentGrade(change, video({ concepts: [dog], order: null }))).toBe(1)
    expect(contentGrade(change, video({ concepts: [map!], order: null }))).toBe(0)
  })
})

describe('what a video promises', () => {
  const title = { kind: 'clickbait', text: 'x', names: [cat!] } as const
  const cover = { kind: 'misleading', shows: [cat!], beside: null, text: 'x', textNames: cat! } as const
  const account = { id: 'a', name: 'x', habit: [], named: cat! }

  test('two signs are a full promise, one is half of one, an account alone none', () => {
    expect(perceivedGrade(asks(cat!), video({ title, cover }))).toBe(2)
    expect(perceivedGrade(asks(cat!), video({ title }))).toBe(1)
    expect(perceivedGrade(asks(cat!), video({ account }))).toBe(0)
    expect(perceivedGrade(asks(cat!), video({ cover: { ...cover, shows: [] }, account }))).toBe(1)
    expect(perceivedGrade(asks(dog), video({ title, cover, account }))).toBe(0)
  })

  test('what is missing promises nothing, and what is held need not be promised', () => {
    expect(perceivedGrade(asks(cat!), video({ title, cover, missing: ['title', 'cover'] }))).toBe(0)
    expect(perceivedGrade(asks(dog), video({ concepts: [dog] }))).toBe(0)
    expect(contentGrade(asks(cat!), video({ title, cover }))).toBe(0)
  })
})
