import { describe, expect, it } from '@jest/globals'
import { withoutGaps } from '../../../../models/evaluation/judge-scorers.js'
import { scorePair, sharedCharacters } from '../../../../models/evaluation/scorers.js'

const vector = Float32Array.of(1, 0)
const none = { title: null, account: null, cover: null, cover_text: null, frames: null, frame_text: null, asr: null }
const video = (modalities: Partial<typeof none | Record<keyof typeof none, Float32Array>>) => ({
  title: '苹果 PIE',
  vectors: { modalities: { ...none, ...modalities }, perception: vector, content: null, problems: {} },
})

describe('the scores of a pair', () => {
  it('are cosines where there is something to compare, and the mean of those', () => {
    const found = scorePair({ text: '苹果', vector }, video({ title: vector, asr: Float32Array.of(0, 2) }))
    expect(found).toEqual({
      ...none,
      ...{ title: 1, asr: 0, mean: 0.5, characters: 1, perception: 1, content: null },
    })
  })

  it('are unknown for a query that says nothing, and for a video that has nothing', () => {
    expect(scorePair({ text: '', vector: null }, video({ title: vector }))).toMatchObject({ title: null, mean: null })
    expect(scorePair({ text: '', vector }, { ...video({}), title: null })).toMatchObject({
      characters: null,
      mean: null,
    })
  })

  it('by characters are the share of the query that the title holds', () => {
    expect(sharedCharacters('苹果 pie!', '苹果 PIE')).toBeCloseTo(5 / 6)
    expect(sharedCharacters('', '苹果')).toBe(0)
  })
})

describe('a missing score', () => {
  it('is the mean of the others of its query', () => {
    expect(withoutGaps([1, null, 0, null])).toEqual([1, 0.5, 0, 0.5])
    expect(withoutGaps([null, null])).toEqual([0, 0])
    expect(withoutGaps([0.2, null, 0.2, 0.2])).toEqual([0.2, 0.2, 0.2, 0.2])
  })
})
