import type { Kafka } from 'kafkajs'
import type { Logger } from 'pino'
import { messageOf } from '../../errors/errors.js'
import { groupName, topicName } from '../topics.js'
import type { RunningStream } from './fold-runner.js'
import type { Metrics } from './metrics.js'
import { progressOf } from './progress.js'

const EVERY_MS = 5_000

/**
 * Reports the lag of streams to the metrics, from what their groups have committed: also, and just then, when a stream
 * reads nothing. Returns how to stop it.
 */
export async function watchLag(
  streams: readonly RunningStream[],
  { kafka, namespace, metrics, logger }: { kafka: Kafka; namespace: string; metrics: Metrics; logger: Logger },
): Promise<() => Promise<void>> {
  const admin = kafka.admin()
  await admin.connect()
  const look = async ({ name, reads }: RunningStream): Promise<void> => {
    const names = new Map(reads.map((topic) => [topicName(namespace, topic), topic.name]))
    const progress = await progressOf(admin, groupName(namespace, name), [...names.keys()])
    for (const { topic, partition, processed, end } of progress)
      metrics.ofStream(name).lag(names.get(topic)!, partition, Math.max(0, end - processed))
  }
  let looking: Promise<unknown> = Promise.resolve()
  const timer = setInterval(() => {
    looking = Promise.all(streams.map(look)).catch((error: unknown) =>
      logger.debug({ reason: messageOf(error) }, 'lag unknown'),
    )
  }, EVERY_MS)
  return async () => {
    clearInterval(timer)
    await looking
    await admin.disconnect()
  }
}
