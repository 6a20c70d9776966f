import { createRequire } from 'node:module'
import { retryPassingErrors } from './kafkajs-passing-errors.js'

/**
 * kafkajs 2.2.4 with two of its functions replaced, each for a defect that Kinora meets (docs/decisions/0002):
 *
 * - `filterAbortedMessages` takes the broker's list of aborted transactions as sorted and consumes one entry per
 *   message, so that `read_committed` shows aborted records when transactions of several producers overlap.
 * - `groupMessagesPerPartition` copies its array for every message, which is quadratic in the size of a send.
 *
 * Both are module-level functions that no option reaches, so they are replaced in the module cache before the modules
 * that use them load. A test runs overlapping aborted transactions through a real broker.
 */
type Kafkajs = typeof import('kafkajs')

interface RawMessage {
  offset: string
  key: Buffer | null
  isControlRecord: boolean
  batchContext: { producerId: string; inTransaction: boolean }
}

interface AbortedTransaction {
  producerId: string
  firstOffset: string
}

/** Messages without those of aborted transactions; control records pass (the caller removes them). */
export function filterAbortedMessages<M extends RawMessage>(fetched: {
  messages: M[]
  abortedTransactions?: AbortedTransaction[]
}): M[] {
  const { messages, abortedTransactions } = fetched
  if (!abortedTransactions || abortedTransactions.length === 0) return messages
  const upcoming = abortedTransactions
    .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: Number(firstOffset) }))
    .sort((a, b) => a.firstOffset - b.firstOffset)
  const aborting = new Set<string>()
  let next = 0
  return messages.filter((message) => {
    const offset = Number(message.offset)
    for (; next < upcoming.length && upcoming[next]!.firstOffset <= offset; next++) {
      aborting.add(upcoming[next]!.producerId)
    }
    const { producerId, inTransaction } = message.batchContext
    if (message.isControlRecord) {
      if (isAbortMarker(message)) aborting.delete(producerId)
      return true
    }
    return !(inTransaction && aborting.has(producerId))
  })
}

/** A control record's key is (version int16, type int16); type 0 is ABORT. */
const isAbortMarker = ({ key }: RawMessage): boolean =>
  key !== null && key.length >= 4 && Buffer.from(key).readInt16BE(2) === 0

interface Grouping<M> {
  topic: string
  partitionMetadata: unknown[]
  messages: M[]
  partitioner: (args: { topic: string; partitionMetadata: unknown[]; message: M }) => number
}

/** partition → its messages, in order. */
export function groupMessagesPerPartition<M>({ topic, partitionMetadata, messages, partitioner }: Grouping<M>) {
  const grouped: Record<number, M[]> = {}
  if (partitionMetadata.length === 0) return grouped
  for (const message of messages) {
    const partition = partitioner({ topic, partitionMetadata, message })
    ;(grouped[partition] ??= []).push(message)
  }
  return grouped
}

const replacements = {
  'kafkajs/src/consumer/filterAbortedMessages': filterAbortedMessages,
  'kafkajs/src/producer/groupMessagesPerPartition': groupMessagesPerPartition,
}

/** kafkajs, corrected. Everything that talks to Kafka gets it from here. */
export function loadKafkajs(): Kafkajs {
  const require = createRequire(import.meta.url)
  const isLoaded = require.cache[require.resolve('kafkajs/src/consumer/batch')] !== undefined
  retryPassingErrors(require('kafkajs/src/errors') as Parameters<typeof retryPassingErrors>[0])
  for (const [path, replacement] of Object.entries(replacements)) {
    require(path)
    const cached = require.cache[require.resolve(path)]!
    if (cached.exports === replacement) continue
    if (isLoaded) throw new Error('kafkajs was loaded without its corrections: get it from loadKafkajs()')
    cached.exports = replacement
  }
  return require('kafkajs') as Kafkajs
}
