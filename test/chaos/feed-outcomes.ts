import { setTimeout as delay } from 'node:timers/promises'
import type { Admin, Kafka } from 'kafkajs'
import { encode } from '../../schemas/codec.js'
import { noFailpoints } from '../../streams/runtime/failpoints.js'
import { reachOf } from '../../streams/runtime/reach.js'
import { Transactor } from '../../streams/runtime/transactor.js'
import { groupName, topicName, topics, type Topic } from '../../streams/topics.js'
import { closedRequest } from '../helpers/outcomes.js'

/** Requests of one commit. */
const BATCH = 5

/**
 * Commits closed requests `p-0`, `p-1`, … into partition p of search.outcomes, again and again, as the joiner would:
 * each once, however often the broker goes away. Where it is stands in the offset of a group.
 */
export async function feedOutcomes(
  kafka: Kafka,
  admin: Admin,
  namespace: string,
  partition: number,
  signal: AbortSignal,
): Promise<void> {
  const nameOf = (topic: Topic): string => topicName(namespace, topic)
  const groupId = groupName(namespace, 'feed')
  const topic = nameOf(topics.outcomes)
  const fold = { reads: [topics.impressions], writes: [topics.outcomes] }
  const reach = reachOf(fold, { groupId, partition, partitionsOf: () => 2 })
  const next = async (): Promise<number> => {
    const [stored] = await admin.fetchOffsets({ groupId, topics: [topic] })
    return Math.max(0, Number(stored?.partitions.find((each) => each.partition === partition)?.offset ?? 0))
  }
  const open = () => Transactor.open(kafka, `${groupId}-${partition}`, { reach, nameOf, failpoint: noFailpoints })
  const goesOn = () => !signal.aborted
  while (goesOn()) {
    // Somewhere in a restart: another transactor finds out how far the last one came.
    const transactor = await open().catch(() => undefined)
    if (transactor === undefined) continue
    try {
      for (let at = await next(); goesOn(); at += BATCH) {
        const records = Array.from({ length: BATCH }, (_, n) => record(partition, at + n))
        await transactor.commit(records, [{ topic, partition, offset: at + BATCH, metadata: '' }])
        await delay(30)
      }
    } catch {
      continue
    } finally {
      await transactor.close().catch(() => undefined)
    }
  }
}

const record = (partition: number, n: number) => {
  const request = closedRequest([{ clicked: true, clicks: 1 }, {}], { request_id: `${partition}-${n}` })
  return { topic: topics.outcomes, partition, key: request.request_id, value: encode('RequestClosed', request) }
}
