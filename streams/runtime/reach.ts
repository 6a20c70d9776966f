import { topics, type Topic } from '../topics.js'
import type { Fold } from './fold.js'

/** One partition of a topic. */
export interface Place {
  readonly topic: Topic
  readonly partition: number
}

/** What the transactions of one partition of a fold may write: offsets of a group, and records. */
export interface Reach {
  readonly groupId: string
  readonly outputs: readonly Place[]
}

/** Everything that partition `partition` of a fold may write. */
export function reachOf(
  { reads, writes }: Pick<Fold, 'reads' | 'writes'>,
  { groupId, partition, partitionsOf }: { groupId: string; partition: number; partitionsOf: (topic: Topic) => number },
): Reach {
  const placesOf = (topic: Topic): Place[] =>
    written(topic, reads[0]!, partition, partitionsOf(topic)).map((each) => ({ topic, partition: each }))
  return {
    groupId,
    outputs: [...writes, topics.deadLetters].flatMap(placesOf),
  }
}

/** A topic that keeps the key of the inputs keeps their partition; what is keyed anew may go anywhere. */
function written({ key }: Topic, input: Topic, partition: number, count: number): number[] {
  if (key === input.key || key.startsWith('source ')) return [partition % count]
  return Array.from({ length: count }, (_, each) => each)
}
