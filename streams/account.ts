import type { Admin } from 'kafkajs'
import { retryRetriable } from '../stores/kafka/retry-retriable.js'
import { decodeMetadata } from './runtime/commit-metadata.js'
import { verdicts, type Verdict } from './runtime/verdict.js'
import { groupName, topicName, topics, type Topic } from './topics.js'

/** What became of the records of one topic: each is counted once. */
export type Account = Record<Verdict, number>

/** The inputs of the joiner, whose accounts it keeps. */
export const accountedTopics: readonly Topic[] = [topics.impressions, topics.clicks, topics.watches]

export interface JoinerProgress {
  /** Per topic name of `accountedTopics`. */
  readonly accounts: ReadonlyMap<string, Account>
  /** Per partition; -Infinity for one that has none yet. */
  readonly watermarks: readonly number[]
}

/**
 * Reads the joiner's account from the metadata of its committed offsets. Kafka stores both in the transaction that
 * holds the outputs, so that the account is exact at every moment, whatever crashed.
 */
export async function readJoinerProgress(admin: Admin, namespace: string): Promise<JoinerProgress> {
  const names = accountedTopics.map((topic) => topicName(namespace, topic))
  const groupId = groupName(namespace, 'join-outcomes')
  const committed = await retryRetriable(() => admin.fetchOffsets({ groupId, topics: names }))
  const accounts = new Map<string, Account>()
  const watermarks: number[] = []
  accountedTopics.forEach((topic, index) => {
    const account = noRecords()
    for (const { partition, metadata } of committed.find((each) => each.topic === names[index])?.partitions ?? []) {
      const found = decodeMetadata(metadata)
      verdicts.forEach((verdict, i) => (account[verdict] += found?.counts[i] ?? 0))
      watermarks[partition] = Math.min(watermarks[partition] ?? Infinity, found?.watermark ?? -Infinity)
    }
    accounts.set(topic.name, account)
  })
  return { accounts, watermarks }
}

export const noRecords = (): Account => ({ used: 0, duplicate: 0, late: 0, orphan: 0, dead: 0 })

/** What was added to an account since `before`. */
export const since = (before: Account, now: Account): Account =>
  Object.fromEntries(verdicts.map((verdict) => [verdict, now[verdict] - before[verdict]])) as Account

/** How many records an account explains. */
export const explained = (account: Account): number => verdicts.reduce((sum, verdict) => sum + account[verdict], 0)
