import { describe, expect, it } from '@jest/globals'
import { reachOf } from '../../../../streams/runtime/reach.js'
import { topics, type Topic } from '../../../../streams/topics.js'

const at = { groupId: 'g', partition: 3, partitionsOf: (topic: Topic) => (topic === topics.deadLetters ? 2 : 4) }
const named = (places: readonly { topic: Topic; partition: number }[]) =>
  places.map(({ topic, partition }) => `${topic.name} ${partition}`)

describe('what a partition of a fold may write', () => {
  it('is its own partition wherever the key is kept, its place among the dead letters', () => {
    const { groupId, outputs } = reachOf({ reads: [topics.outcomes], writes: [topics.samples] }, at)
    expect(groupId).toBe('g')
    expect(named(outputs)).toEqual(['training.samples 3', 'dead.letters 1'])
  })

  it('is every partition of what is keyed anew', () => {
    const joiner = {
      reads: [topics.impressions, topics.clicks],
      writes: [topics.outcomes, topics.unused, topics.engagementDeltas],
    }
    const { outputs } = reachOf(joiner, at)
    expect(named(outputs)).toEqual([
      ...['search.outcomes 3', 'search.unused 3'],
      ...[0, 1, 2, 3].map((partition) => `video.engagement.deltas ${partition}`),
      'dead.letters 1',
    ])
  })
})
