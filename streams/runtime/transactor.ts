import type { Kafka, Producer, Transaction } from 'kafkajs'
import { touch } from '../../stores/kafka/kafkajs-touch.js'
import type { Failpoints } from './failpoints.js'
import type { Topic } from '../topics.js'
import type { OutputRecord } from './outputs.js'
import type { Reach } from './reach.js'

/** Offsets of the inputs of one partition, with their metadata. */
export interface CommittedOffset {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly metadata: string
}

/** What a transactor needs beside Kafka: what its transactions may touch, and the names of topics there. */
export interface TransactorEnvironment {
  readonly reach: Reach
  readonly nameOf: (topic: Topic) => string
  readonly failpoint: Failpoints
}

/** Bytes of one partition in one request: below the brokers' default limit of 1 MB for a batch. */
const CHUNK_BYTES = 900_000

/** Transactions of the last owner end after this at the latest, ms; a takeover ends them at once. */
const TRANSACTION_TIMEOUT_MS = 60_000

/**
 * The transactions of one (group, input partition). Its transactional id is the lock on the partition: opening one
 * fences whoever had it before, in whatever state that process is (kafkajs sends no group generation with offsets).
 */
export class Transactor {
  private constructor(
    private readonly producer: Producer,
    private readonly env: TransactorEnvironment,
  ) {}

  /**
   * Connects and fences. When it returns, every transaction of an earlier owner is committed or aborted, also one whose
   * end a broker forgot to mark.
   */
  static async open(kafka: Kafka, transactionalId: string, env: TransactorEnvironment): Promise<Transactor> {
    const producer = kafka.producer({
      transactionalId,
      idempotent: true,
      maxInFlightRequests: 1,
      transactionTimeout: TRANSACTION_TIMEOUT_MS,
      retry: { initialRetryTime: 5, maxRetryTime: 1_000, retries: 20 },
    })
    await producer.connect()
    try {
      // The first transaction() is what calls InitProducerId.
      await commitUnmarked(await producer.transaction(), env)
      await settled(await producer.transaction(), env)
    } catch (error) {
      await producer.disconnect()
      throw error
    }
    env.failpoint('after-fence')
    return new Transactor(producer, env)
  }

  /**
   * Writes records and offsets, all or nothing. After an error the transactor is of no more use: close it. It is not
   * aborted here: whoever opens the next one does that, with a broker that is well (docs/decisions/0014).
   */
  async commit(records: readonly OutputRecord[], offsets: readonly CommittedOffset[]): Promise<void> {
    const { reach, nameOf, failpoint } = this.env
    failpoint('before-commit')
    const transaction = await this.producer.transaction()
    for (const topicMessages of requestsOf(records, nameOf)) await transaction.sendBatch({ topicMessages })
    failpoint('in-transaction')
    await sendOffsets(transaction, reach.groupId, offsets)
    failpoint('after-send-offsets')
    await transaction.commit()
  }

  async close(): Promise<void> {
    await this.producer.disconnect()
  }
}

/**
 * Commits a transaction that writes nothing and has touched everything in reach. Its markers end what this transactional
 * id has left open: a transaction that was committed, and whose markers a broker forgot (docs/decisions/0014).
 */
async function commitUnmarked(transaction: Transaction, { reach, nameOf }: TransactorEnvironment): Promise<void> {
  const places = reach.outputs.map(({ topic, partition }) => ({ topic: nameOf(topic), partition }))
  await touch(transaction, places)
  await sendOffsets(transaction, reach.groupId, [])
  await transaction.commit()
}

/** The markers of the last transaction are written: only then another one gets its offsets, here none. */
async function settled(transaction: Transaction, { reach }: TransactorEnvironment): Promise<void> {
  await sendOffsets(transaction, reach.groupId, [])
  await transaction.commit()
}

interface Message {
  partition: number
  key: string
  value: Buffer
}

type TopicMessages = { topic: string; messages: Message[] }[]

/** Groups records by topic into requests in which no partition gets more than a chunk, keeping their order. */
function requestsOf(records: readonly OutputRecord[], nameOf: (topic: Topic) => string): TopicMessages[] {
  const requests: Map<string, Message[]>[] = []
  const filled = new Map<string, { request: number; bytes: number }>()
  for (const record of records) {
    const topic = nameOf(record.topic)
    const place = `${record.partition}/${topic}`
    const size = record.value.length + record.key.length
    const last = filled.get(place) ?? { request: 0, bytes: 0 }
    const next =
      last.bytes > 0 && last.bytes + size > CHUNK_BYTES
        ? { request: last.request + 1, bytes: size }
        : { request: last.request, bytes: last.bytes + size }
    filled.set(place, next)
    const request = (requests[next.request] ??= new Map<string, Message[]>())
    const messages = request.get(topic) ?? []
    if (messages.length === 0) request.set(topic, messages)
    messages.push({ partition: record.partition, key: record.key, value: record.value })
  }
  return requests.map((request) => [...request].map(([topic, messages]) => ({ topic, messages })))
}

async function sendOffsets(
  transaction: Transaction,
  groupId: string,
  offsets: readonly CommittedOffset[],
): Promise<void> {
  const topics = [...new Set(offsets.map(({ topic }) => topic))].map((topic) => ({
    topic,
    partitions: offsets
      .filter((each) => each.topic === topic)
      .map(({ partition, offset, metadata }) => ({ partition, offset: String(offset), metadata })),
  }))
  for (let attempt = 0; ; attempt++) {
    try {
      return await transaction.sendOffsets({ consumerGroupId: groupId, topics })
    } catch (error) {
      // The previous transaction's markers are still being written; kafkajs retries this for sends only.
      if ((error as { type?: string }).type !== 'CONCURRENT_TRANSACTIONS' || attempt >= 100) throw error
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
}
