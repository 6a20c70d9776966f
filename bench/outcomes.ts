import { createHash } from 'node:crypto'
import { decode } from '../schemas/codec.js'
import type { RequestClosed } from '../schemas/events.js'
import type { BenchKafka } from './bench-kafka.js'

/** request_id → a digest of its outcome record, and how often it was there. */
export type OutcomeDigests = Map<string, { readonly digest: string; readonly count: number }>

/**
 * Reads a whole topic of RequestClosed records, committed ones only.
 * @throws Error when two records of one request differ: every round must come to the same outcomes
 */
export async function readOutcomes({ kafka, admin }: BenchKafka, topic: string): Promise<OutcomeDigests> {
  const found: OutcomeDigests = new Map()
  const unread = new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)]))
  const consumer = kafka.consumer({ groupId: `${topic}.reader`, maxWaitTimeInMs: 100 })
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  try {
    await new Promise<void>((resolve, reject) => {
      const settle = (partition: number, next: number) => {
        if (next >= (unread.get(partition) ?? 0)) unread.delete(partition)
        if (unread.size === 0) resolve()
      }
      for (const [partition, end] of unread) if (end === 0) settle(partition, 0)
      // Not eachMessage: the last records of a partition are markers of transactions, which only this event shows.
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) =>
        settle(payload.partition, Number(payload.lastOffset) + 1),
      )
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
      const take = (value: Buffer | null) => add(found, decode('RequestClosed', value))
      consumer
        .run({ autoCommit: false, eachMessage: ({ message }) => Promise.resolve(take(message.value)) })
        .catch(reject)
    })
  } finally {
    await consumer.disconnect()
  }
  return found
}

function add(found: OutcomeDigests, outcome: RequestClosed): void {
  // A map has no order, and implementations write theirs as they please.
  const variants = Object.entries(outcome.variants).sort(([a], [b]) => (a < b ? -1 : 1))
  const digest = createHash('sha1')
    .update(JSON.stringify({ ...outcome, variants }))
    .digest('base64')
  const known = found.get(outcome.request_id)
  if (known && known.digest !== digest) throw new Error(`two outcomes of ${outcome.request_id} differ`)
  found.set(outcome.request_id, { digest, count: (known?.count ?? 0) + 1 })
}

/** @throws Error unless both have the same outcome of every request, once a round */
export function assertSame(ours: OutcomeDigests, theirs: OutcomeDigests, rounds: number): void {
  const ids = new Set([...ours.keys(), ...theirs.keys()])
  const wrong = [...ids].filter((id) => {
    const [a, b] = [ours.get(id), theirs.get(id)]
    return a?.digest !== b?.digest || a?.count !== rounds || b?.count !== rounds
  })
  if (wrong.length === 0) return
  const [id = ''] = wrong
  const show = (digests: OutcomeDigests) => JSON.stringify(digests.get(id) ?? null)
  throw new Error(`${wrong.length} of ${ids.size} requests differ, such as ${id}: ${show(ours)} and ${show(theirs)}`)
}
