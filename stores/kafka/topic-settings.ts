import type { Topic } from '../../streams/topics.js'
import { topics } from '../../streams/topics.js'

/** What a namespace is created with; both are given once, a namespace never changes its partition counts. */
export interface NamespaceSettings {
  readonly partitions: number
  /** How long inputs and derived records are kept, ms. Inputs: at least window + out-of-orderness + longest downtime. */
  readonly retentionMs: number
  /** Copies of every partition; undefined: the brokers' own default. */
  readonly replication?: number | undefined
}

/** Settings of one topic, by Kafka's names. */
export type TopicConfig = Readonly<Record<string, string>>

/**
 * The largest batch of a producer to an input: Kafka's own default. So the dead letter that carries a whole input record
 * fits into its topic, and the outcomes of the largest request into theirs.
 */
const INPUT_MAX_BYTES = 1_048_588
/** One record holds all outcomes of a request, up to 1,000 results; a dead letter the record that it is about. */
const DERIVED_MAX_BYTES = 8 * 1024 * 1024

/** What each topic needs of Kafka. */
export function topicConfig({ kind }: Topic, { retentionMs }: NamespaceSettings): TopicConfig {
  switch (kind) {
    case 'input':
      return {
        // A record's own time is then when Kafka received it: EVENT_FROM_FUTURE is measured against that, and a
        // rebuild decides the same.
        'message.timestamp.type': 'LogAppendTime',
        'cleanup.policy': 'delete',
        'retention.ms': String(retentionMs),
        'max.message.bytes': String(INPUT_MAX_BYTES),
      }
    case 'derived':
      return {
        'cleanup.policy': 'delete',
        'retention.ms': String(retentionMs),
        'max.message.bytes': String(DERIVED_MAX_BYTES),
      }
    case 'compacted':
      return { 'cleanup.policy': 'compact', 'max.message.bytes': String(DERIVED_MAX_BYTES) }
  }
}

/** A compacted topic is read whole by everybody: one partition. */
export const partitionsOf = ({ kind }: Topic, { partitions }: NamespaceSettings): number =>
  kind === 'compacted' ? 1 : partitions

/** Partition p of all of these belongs together: the joiner reads it and writes it in one transaction. */
export const joined: readonly Topic[] = [
  topics.impressions,
  topics.clicks,
  topics.watches,
  topics.outcomes,
  topics.unused,
  topics.samples,
]

/** Why a topic as it is will not do; empty when it does. */
export function misfits({ kind }: Topic, config: TopicConfig): string[] {
  const problems: string[] = []
  const compacts = (config['cleanup.policy'] ?? '').split(',').includes('compact')
  if (kind === 'input' && config['message.timestamp.type'] !== 'LogAppendTime') {
    problems.push(`message.timestamp.type is ${config['message.timestamp.type'] ?? 'unknown'}, not LogAppendTime`)
  }
  if (kind === 'compacted' && !compacts) problems.push('cleanup.policy is delete, not compact: records would be lost')
  if (kind !== 'compacted' && compacts) problems.push('cleanup.policy is compact, not delete: records would be lost')
  if (kind !== 'input' && Number(config['max.message.bytes'] ?? 0) < DERIVED_MAX_BYTES) {
    problems.push(`max.message.bytes is ${config['max.message.bytes'] ?? 'unknown'}, less than ${DERIVED_MAX_BYTES}`)
  }
  return problems
}
