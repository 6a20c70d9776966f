import { createRequire } from 'node:module'
import { decodeRecord } from './kafkajs-record-decoder.js'
import { retryPassingErrors, sayingWhoIsAway } from './kafkajs-passing-errors.js'
import { touchingPartitions } from './kafkajs-touch.js'

/**
 * kafkajs 2.2.4 with six of its functions replaced, each for a defect that Kinora meets (docs/decisions/0002):
 *
 * - `filterAbortedMessages` takes the broker's list of aborted transactions as sorted and consumes one entry per
 *   message, so that `read_committed` shows aborted records when transactions of several producers overlap.
 * - `groupMessagesPerPartition` copies its array for every message, which is quadratic in the size of a send.
 * - `findGroupCoordinatorMetadata` asks the broker before every request to a coordinator: four times a transaction,
 *   almost half of its requests. Here the answer is good for a second.
 * - `decodeRecord` adds the offset and the time of every record as BigInts.
 * - `metadata` returns null when no broker answers, which its callers read without looking.
 * - `createEosManager` adds a partition to a transaction only with a record for it.
 *
 * No option reaches them, so they are replaced in the module cache before the modules that use them load. A test runs
 * overlapping aborted transactions through a real broker.
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

type FindCoordinator = (
  this: object,
  question: { groupId: string; coordinatorType: number },
) => Promise<{ coordinator: { nodeId: number } }>

/** Long enough to serve one transaction, short enough that a coordinator that moved is found by the next retry. */
const COORDINATOR_MS = 1_000

/** Remembers the answers of `find` per cluster client. */
export function rememberingCoordinators(find: FindCoordinator, now: () => number = Date.now): FindCoordinator {
  const answers = new WeakMap<object, Map<string, { until: number; answer: ReturnType<FindCoordinator> }>>()
  return function (question) {
    const known = answers.get(this) ?? new Map<string, { until: number; answer: ReturnType<FindCoordinator> }>()
    answers.set(this, known)
    const key = `${question.coordinatorType}/${question.groupId}`
    const remembered = known.get(key)
    if (remembered && now() < remembered.until) return remembered.answer
    const answer = find.call(this, question)
    known.set(key, { until: now() + COORDINATOR_MS, answer })
    answer.catch(() => known.delete(key))
    return answer
  }
}

const replacements = {
  'kafkajs/src/consumer/filterAbortedMessages': filterAbortedMessages,
  'kafkajs/src/producer/groupMessagesPerPartition': groupMessagesPerPartition,
  'kafkajs/src/protocol/recordBatch/record/v0/decoder': decodeRecord,
}

/** kafkajs, corrected. Everything that talks to Kafka gets it from here. */
export function loadKafkajs(): Kafkajs {
  const require = createRequire(import.meta.url)
  const isLoaded = require.cache[require.resolve('kafkajs/src/consumer/batch')] !== undefined
  const errors = require('kafkajs/src/errors') as Parameters<typeof retryPassingErrors>[0]
  retryPassingErrors(errors)
  for (const [path, replacement] of Object.entries(replacements)) {
    require(path)
    const cached = require.cache[require.resolve(path)]!
    if (cached.exports === replacement) continue
    if (isLoaded) throw new Error('kafkajs was loaded without its corrections: get it from loadKafkajs()')
    cached.exports = replacement
  }
  if (!isLoaded) {
    const path = 'kafkajs/src/producer/eosManager'
    const create = require(path) as Parameters<typeof touchingPartitions>[0]
    require.cache[require.resolve(path)]!.exports = touchingPartitions(create)
    const { prototype } = require('kafkajs/src/cluster') as {
      prototype: { findGroupCoordinatorMetadata: FindCoordinator; metadata: Parameters<typeof sayingWhoIsAway>[0] }
    }
    prototype.metadata = sayingWhoIsAway(prototype.metadata, errors.KafkaJSConnectionError!)
    prototype.findGroupCoordinatorMetadata = rememberingCoordinators(prototype.findGroupCoordinatorMetadata)
  }
  return require('kafkajs') as Kafkajs
}
