import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { countCodePoints } from '../../../../models/code-points.js'
import { keySentences } from '../../../../models/key-sentences/key-sentences.js'
import { openLexicon } from '../../../../models/key-sentences/lexicon.js'

const lexicon = openLexicon()

const extract = (title: string, spoken: readonly string[], maxCharacters = 40) =>
  keySentences(
    title,
    spoken.map((text) => ({ text })),
    { maxCharacters, lexicon },
  )
const texts = (...args: Parameters<typeof extract>): string[] => extract(...args).map(({ text }) => text)

const talk = [
  '大家好欢迎来到我的频道',
  '今天早上起来先喝了一杯水',
  '这只大熊猫正在吃竹子',
  '记得点赞关注不要走开',
  '大熊猫每天要吃很多竹子',
  '我们下次再见',
]

describe('key sentences', () => {
  it('say what the title says, in the order of the transcript', () => {
    expect(texts('大熊猫吃竹子', talk, 22)).toEqual(['这只大熊猫正在吃竹子', '大熊猫每天要吃很多竹子'])
  })

  it.each([
    ['empty', ''],
    ['clickbait', '火箭发射现场震撼全网'],
    ['made of function words', '这个真的太了'],
  ])('are what the transcript comes back to when the title is %s', (_, title) => {
    expect(texts(title, talk, 22)).toEqual(['这只大熊猫正在吃竹子', '大熊猫每天要吃很多竹子'])
  })

  it('prefer a word that has not been said to one that has', () => {
    const spoken = ['熊猫来了', '熊猫又来', '啊那边也有竹子的']
    expect(texts('熊猫和竹子', spoken, 13)).toEqual(['熊猫来了', '啊那边也有竹子的'])
  })

  it('prefer the wording of the title to its words apart or reversed', () => {
    const [apart, reversed, tight] = ['熊猫看着远处的竹子', '竹子旁边的那只熊猫', '那只那只熊猫竹子哦']
    expect(texts('熊猫竹子', [apart, reversed, tight], 9)).toEqual([tight])
  })

  it('are the first sentences when no word stands out', () => {
    expect(texts('', ['啊', '哦', '嗯'], 3)).toEqual(['啊', '哦'])
    expect(texts('熊猫', [])).toEqual([])
  })

  it('are parts of their segments within the limit, whatever comes in', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...talk, '。', '\ud800'),
    )
    const transcript = fc.array(
      fc.array(piece, { maxLength: 6 }).map((parts) => parts.join('')),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(piece, transcript, fc.integer({ min: 0, max: 60 }), (title, spoken, limit) => {
        const chosen = extract(title, spoken, limit)
        for (const { segment, start, end, text } of chosen) expect(spoken[segment]!.slice(start, end)).toBe(text)
        const places = chosen.map(({ segment, start }) => segment * 1e6 + start)
        expect(places).toEqual([...places].sort((a, b) => a - b))
        expect(countCodePoints(chosen.map(({ text }) => text).join(' '))).toBeLessThanOrEqual(limit)
      }),
      { numRuns: 100 },
    )
  })

  it('take no longer for a transcript without end', () => {
    const endless = Array.from({ length: 20_000 }, (_, i) => `大熊猫${i}吃竹子`)
    expect(texts('大熊猫', endless, 127).length).toBeGreaterThan(3)
    expect(texts('大熊猫'.repeat(100_000), ['大熊猫'.repeat(100_000)], 127).length).toBe(1)
  })

  it('take time in proportion to the transcript, also where no piece of it is a sentence', () => {
    const quickest = (marks: number): number => {
      const stars = [`${'★'.repeat(81)}。`.repeat(marks)]
      const times = [1, 2, 3].map(() => {
        const start = performance.now()
        expect(texts('大熊猫', stars, 127)).toEqual([])
        return performance.now() - start
      })
      return Math.min(...times)
    }
    // In proportion 8 times as long; 64 times if each sentence were looked for in all that follows.
    expect(quickest(4_000) / quickest(500)).toBeLessThan(40)
  })
})
