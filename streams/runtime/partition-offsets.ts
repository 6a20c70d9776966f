import type { Admin } from 'kafkajs'
import type { InputOffsets } from './takeover.js'

/**
 * What a group has committed for one partition of its inputs (topic names as in Kafka), and where their logs begin.
 * Read it only after fencing the last owner: kafkajs cannot ask for stable offsets (docs/decisions).
 */
export async function readOffsets(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
  partition: number,
): Promise<InputOffsets[]> {
  const committed = await admin.fetchOffsets({ groupId, topics: [...topics] })
  return Promise.all(
    topics.map(async (topic) => {
      const partitions = committed.find((each) => each.topic === topic)?.partitions ?? []
      const stored = partitions.find((each) => each.partition === partition)
      return {
        ...{ topic, partition, earliest: await beginningOf(admin, topic, partition) },
        offset: Number(stored?.offset ?? -1),
        metadata: stored?.metadata ?? null,
      }
    }),
  )
}

/** The oldest offset that retention has left. */
export async function beginningOf(admin: Admin, topic: string, partition: number): Promise<number> {
  const offsets = await admin.fetchTopicOffsets(topic)
  return Number(offsets.find((each) => each.partition === partition)?.low ?? 0)
}
