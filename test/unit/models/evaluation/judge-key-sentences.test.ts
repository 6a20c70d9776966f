import { describe, expect, it } from '@jest/globals'
import { judgeKeySentences, type JudgedTranscript } from '../../../../models/evaluation/judge-key-sentences.js'
import { openLexicon } from '../../../../models/key-sentences/lexicon.js'

const lexicon = openLexicon()
const segments = ['今天天气不错', '先喝口水', '苹果要挑红的', '我们继续', '苹果放冰箱', '谢谢大家'].map((text) => ({
  text,
}))
const transcript = (over: Partial<JudgedTranscript> = {}): JudgedTranscript => ({
  title: '怎么挑苹果',
  titleKind: 'informative',
  segments,
  topicSegments: [2, 4],
  ...over,
})

describe('key sentences, judged by the segments that speak of the topic', () => {
  it('counts sentences taken, sentences to be taken, and videos with at least one', () => {
    const judged = judgeKeySentences([transcript()], { lexicon, maxCharacters: 12 })
    expect(judged.find(({ extract, titles }) => extract === 'key sentences' && titles === 'all')).toMatchObject({
      videos: 1,
      precision: 1,
      recall: 1,
      hit: 1,
    })
    expect(judged.find(({ extract, titles }) => extract === 'first sentences' && titles === 'all')).toMatchObject({
      videos: 1,
      precision: 0,
      recall: 0,
      hit: 0,
    })
  })

  it('sums over videos before it divides', () => {
    const two = [transcript(), transcript({ topicSegments: [0, 1, 2, 3, 4, 5] })]
    const [first] = judgeKeySentences(two, { lexicon, maxCharacters: 11 }).filter(
      ({ extract, titles }) => extract === 'first sentences' && titles === 'all',
    )
    // 今天天气不错 and 先喝口水 of both: right for the second video only. Taken 4, right 2, to be taken 2 + 6.
    expect(first).toMatchObject({ videos: 2, precision: 0.5, recall: 0.25, hit: 0.5 })
  })

  it('tells kinds of titles apart, a missing one included, and leaves out what has no topic', () => {
    const all = [transcript(), transcript({ title: '', titleKind: 'vague' }), transcript({ topicSegments: [] })]
    const judged = judgeKeySentences(all, { lexicon, maxCharacters: 12 })
    const kinds = judged
      .filter(({ extract }) => extract === 'key sentences')
      .map(({ titles, videos }) => [titles, videos])
    expect(kinds).toEqual([
      ['all', 2],
      ['informative', 1],
      ['missing', 1],
    ])
  })
})
