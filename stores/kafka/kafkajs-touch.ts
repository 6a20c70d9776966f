import type { Transaction } from 'kafkajs'

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

interface TopicData {
  topic: string
  partitions: { partition: number }[]
}

/** What kafkajs keeps of a transactional producer, as far as it matters here. */
interface EosManager {
  sendOffsets: (request: { consumerGroupId: string; topics: TopicData[] }) => Promise<void>
  addPartitionsToTransaction: (topics: TopicData[]) => Promise<void>
}

/** In place of a group: no group can have the name, since theirs begin with a namespace and a dot. */
const NO_GROUP = 'partitions only'

/**
 * Adds partitions to a transaction without writing to them: its end is then marked in them, and so is the end of
 * whatever else the same transactional id has open there.
 */
export function touch(transaction: Transaction, places: readonly TopicPartition[]): Promise<void> {
  const topics = [...new Set(places.map(({ topic }) => topic))].map((topic) => ({
    topic,
    partitions: places.filter((place) => place.topic === topic).map(({ partition }) => ({ partition, offset: '-1' })),
  }))
  return transaction.sendOffsets({ consumerGroupId: NO_GROUP, topics })
}

/** kafkajs' factory of these, with ones that know {@link touch}: a transaction hands `sendOffsets` on as it is. */
export const touchingPartitions =
  <Options, Manager extends EosManager>(create: (options: Options) => Manager) =>
  (options: Options): Manager => {
    const manager = create(options)
    const { sendOffsets } = manager
    manager.sendOffsets = (request) =>
      request.consumerGroupId === NO_GROUP ? manager.addPartitionsToTransaction(request.topics) : sendOffsets(request)
    return manager
  }
