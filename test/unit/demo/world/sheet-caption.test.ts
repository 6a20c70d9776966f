import { describe, expect, test } from '@jest/globals'
import { planWorld } from '../../../../demo/world/plan-world.js'
import { sheetCaption } from '../../../../demo/world/sheet-caption.js'

const { videos, vocabulary } = planWorld({ videos: 1, requests: 0, seed: 7 })
const [dog, cat, cup] = vocabulary.concepts.map((concept, n) => ({ ...concept, name: '狗猫杯'[n] ?? '' }))

describe('the caption of a row of the contact sheet', () => {
  test('says what a video holds in its order, and what it lacks', () => {
    const plain = { ...videos[0]!, missing: [], concepts: [dog!, cat!], order: null, bait: null }
    const read = {
      title: { kind: 'vague', text: '今天', names: [] },
      account: { id: 'a', name: '小李', habit: [], named: null },
    } as const
    const video = { ...plain, ...read }
    expect(sheetCaption(video)).toBe('今天 小李 有狗、猫')
    expect(sheetCaption({ ...video, order: [cat!, dog!], bait: cup! })).toBe('今天 小李 先猫后狗,假杯')
    expect(sheetCaption({ ...video, missing: ['title', 'account'] })).toBe('[缺标题] [缺账号] 有狗、猫')
  })
})
