import type { Admin } from 'kafkajs'
import { setTimeout as delay } from 'node:timers/promises'
import { FatalError, TransientError, messageOf } from '../../errors/errors.js'
import { loadKafkajs } from './kafkajs-corrections.js'
import { topicName, topics, type Topic } from '../../streams/topics.js'
import {
  joined,
  misfits,
  partitionsOf,
  topicConfig,
  type NamespaceSettings,
  type TopicConfig,
} from './topic-settings.js'

const READY_TIMEOUT_MS = 30_000
const CONFIG_NAMES = ['message.timestamp.type', 'cleanup.policy', 'retention.ms', 'max.message.bytes']
const all: readonly Topic[] = Object.values(topics)

/** One topic of a namespace as Kafka has it. */
export interface TopicDescription {
  readonly topic: Topic
  /** With the namespace. */
  readonly name: string
  /** 0 when the topic does not exist. */
  readonly partitions: number
  readonly config: TopicConfig
  /** Offsets from the first kept record to the end, over all partitions; transaction markers count too. */
  readonly records: number
}

/**
 * Creates the topics that the namespace lacks and waits until each can be used. Existing ones stay as they are:
 * {@link checkTopics} says whether they fit.
 * Throws FatalError TOPIC_MISMATCH when Kafka refuses, TransientError KAFKA_UNAVAILABLE when they are not ready in time.
 */
export async function createTopics(admin: Admin, namespace: string, settings: NamespaceSettings): Promise<void> {
  const existing = new Set(await admin.listTopics())
  const missing = all.filter((topic) => !existing.has(topicName(namespace, topic)))
  if (missing.length > 0) await create(admin, namespace, missing, settings)
  await ready(admin, namespace)
}

async function create(
  admin: Admin,
  namespace: string,
  missing: readonly Topic[],
  settings: NamespaceSettings,
): Promise<void> {
  const wanted = missing.map((topic) => ({
    topic: topicName(namespace, topic),
    numPartitions: partitionsOf(topic, settings),
    replicationFactor: settings.replication ?? -1,
    configEntries: Object.entries(topicConfig(topic, settings)).map(([name, value]) => ({ name, value })),
  }))
  try {
    // kafkajs' own waiting fails on a broker that has just started: components of it know the topic sooner than others.
    await admin.createTopics({ topics: wanted, waitForLeaders: false })
  } catch (error) {
    const others = failures(error).filter(({ type }) => type !== 'TOPIC_ALREADY_EXISTS')
    if (others.length === 0) return // somebody else was faster
    if (others.some(({ type }) => type === undefined)) throw error
    const why = others.map(({ topic, type, message }) => `${topic ?? ''} ${type ?? ''} (${message})`).join('; ')
    throw new FatalError('TOPIC_MISMATCH', `Kafka would not create topics: ${why}`, { cause: error })
  }
}

interface Failure {
  readonly topic?: string
  readonly type?: string
  readonly message: string
}

/** kafkajs packs the answers for several topics into one error. */
function failures(error: unknown): Failure[] {
  const several = (error as { errors?: unknown }).errors
  return (Array.isArray(several) ? several : [error]).map((one: { topic?: string; type?: string }) => ({
    ...one,
    message: messageOf(one),
  }))
}

/** A leader in the metadata may itself not know yet that it leads: what counts is that it answers. */
async function ready(admin: Admin, namespace: string): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS
  for (let waiting = all.map((topic) => topicName(namespace, topic)); ; await delay(20)) {
    const counts = await partitionCounts(admin)
    const answers = await Promise.all(waiting.map(async (name) => counts.has(name) && (await answersFor(admin, name))))
    waiting = waiting.filter((_, index) => !answers[index])
    if (waiting.length === 0) return
    if (Date.now() > deadline) {
      throw new TransientError('KAFKA_UNAVAILABLE', `not ready after ${READY_TIMEOUT_MS} ms: ${waiting.join(', ')}`)
    }
  }
}

async function answersFor(admin: Admin, name: string): Promise<boolean> {
  try {
    await admin.fetchTopicOffsets(name)
    return true
  } catch (error) {
    if ((error as { type?: unknown }).type === undefined) throw error
    return false
  }
}

/** The partition count of every topic whose partitions all have a leader. */
async function partitionCounts(admin: Admin): Promise<Map<string, number>> {
  const metadata = await admin.fetchTopicMetadata()
  const led = metadata.topics.filter(({ partitions }) => partitions.every(({ leader }) => leader >= 0))
  return new Map(led.map(({ name, partitions }) => [name, partitions.length]))
}

/**
 * Checks that the topics of the namespace exist and fit, and returns the partition count of the behavior topics: that
 * of the namespace's first day, whatever is configured now.
 * Throws FatalError TOPIC_MISMATCH naming every topic that does not fit.
 */
export async function checkTopics(admin: Admin, namespace: string): Promise<{ partitions: number }> {
  const counts = await partitionCounts(admin)
  const absent = all.map((topic) => topicName(namespace, topic)).filter((name) => !counts.has(name))
  if (absent.length > 0) throw mismatch(namespace, [`missing: ${absent.join(', ')}`])

  const configs = await fetchConfigs(
    admin,
    all.map((topic) => topicName(namespace, topic)),
  )
  const problems = all.flatMap((topic) => {
    const name = topicName(namespace, topic)
    return misfits(topic, configs.get(name) ?? {}).map((problem) => `${name}: ${problem}`)
  })
  const joinedCounts = joined.map(
    (topic) => [topicName(namespace, topic), counts.get(topicName(namespace, topic))!] as const,
  )
  const partitions = joinedCounts[0]![1]
  if (joinedCounts.some(([, count]) => count !== partitions)) {
    const listed = joinedCounts.map(([name, count]) => `${name} ${count}`).join(', ')
    problems.push(`these need equal partition counts: ${listed}`)
  }
  if (problems.length > 0) throw mismatch(namespace, problems)
  return { partitions }
}

const mismatch = (namespace: string, problems: readonly string[]): FatalError =>
  new FatalError('TOPIC_MISMATCH', `the topics of namespace ${namespace} do not fit: ${problems.join('; ')}`)

async function fetchConfigs(admin: Admin, names: readonly string[]): Promise<Map<string, TopicConfig>> {
  if (names.length === 0) return new Map()
  const { ConfigResourceTypes } = loadKafkajs()
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({ type: ConfigResourceTypes.TOPIC, name, configNames: CONFIG_NAMES })),
  })
  return new Map(
    resources.map(({ resourceName, configEntries }) => [
      resourceName,
      Object.fromEntries(configEntries.map(({ configName, configValue }) => [configName, configValue])),
    ]),
  )
}

/** Every topic of the namespace as Kafka has it, those that do not exist included. */
export async function describeTopics(admin: Admin, namespace: string): Promise<TopicDescription[]> {
  const counts = await partitionCounts(admin)
  const existing = all.map((topic) => topicName(namespace, topic)).filter((name) => counts.has(name))
  const configs = await fetchConfigs(admin, existing)
  return Promise.all(
    all.map(async (topic) => {
      const name = topicName(namespace, topic)
      const records = counts.has(name) ? await countRecords(admin, name) : 0
      return { topic, name, partitions: counts.get(name) ?? 0, config: configs.get(name) ?? {}, records }
    }),
  )
}

async function countRecords(admin: Admin, name: string): Promise<number> {
  const offsets = await admin.fetchTopicOffsets(name)
  return offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0)
}
