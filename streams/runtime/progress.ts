import type { Admin } from 'kafkajs'
import { retryRetriable } from '../../stores/kafka/retry-retriable.js'

/** Where a consumer group stands in one partition. */
export interface PartitionProgress {
  readonly topic: string
  readonly partition: number
  /** Next offset to process; the log's beginning when nothing was committed. */
  readonly processed: number
  readonly end: number
}

/** How far a group has come in topics (names as in Kafka). */
export async function progressOf(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
): Promise<PartitionProgress[]> {
  const ends = await Promise.all(topics.map((topic) => admin.fetchTopicOffsets(topic)))
  const committed = await retryRetriable(() => admin.fetchOffsets({ groupId, topics: [...topics] }))
  return topics.flatMap((topic, index) =>
    ends[index]!.map(({ partition, high, low }) => {
      const offsets = committed.find((each) => each.topic === topic)?.partitions ?? []
      const offset = Number(offsets.find((each) => each.partition === partition)?.offset ?? -1)
      return { topic, partition, processed: Math.max(offset, Number(low)), end: Number(high) }
    }),
  )
}

export const lagOf = (progress: readonly PartitionProgress[]): number =>
  progress.reduce((sum, { processed, end }) => sum + Math.max(0, end - processed), 0)

/**
 * Waits until a group has processed everything that is in its topics now; what is written later does not count.
 * `onProgress` hears how many records are left.
 */
export async function awaitProcessed(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: (left: number) => void } = {},
): Promise<void> {
  const target = await progressOf(admin, groupId, topics)
  for (;;) {
    signal?.throwIfAborted()
    const now = await progressOf(admin, groupId, topics)
    const left = target.reduce((sum, { end }, index) => sum + Math.max(0, end - now[index]!.processed), 0)
    onProgress?.(left)
    if (left === 0) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
