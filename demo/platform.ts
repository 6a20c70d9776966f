import type { TimeRange } from '../stores/clickhouse/time-range.js'
import type { Topic } from '../streams/topics.js'
import type { TopicAccount } from './account.js'
import type { ProbeKey } from './freshness.js'
import type { DemoSummary, HotVideo } from './summary.js'

/** A record ready for Kafka. */
export interface OutgoingRecord {
  topic: Topic
  key: string
  value: Buffer
}

export type Engagement = Omit<HotVideo, 'title' | 'account'>

/** What the demo needs of the running platform; the demo itself knows no client. */
export interface DemoPlatform {
  /** Resolves when the brokers have all of them, each exactly once. */
  send(records: readonly OutgoingRecord[]): Promise<void>
  /** Asked a few times a second: outcomes and samples so far in this namespace, records that the joiner still has to read. */
  counts(): Promise<{ outcomes: number; samples: number; lag: number }>
  /** Impressions that each (query, video) tile counts in Redis now, 0 when it is not there; one round trip for all. */
  impressions(keys: readonly ProbeKey[]): Promise<readonly number[]>
  /** Counts over the last minutes (all of the run) per video, from Redis in one round trip. */
  engagement(videoIds: readonly string[]): Promise<readonly Engagement[]>
  /**
   * Tells every input that nothing before the watermark follows; resolves when all input is processed, all windows are
   * closed and all stores have everything.
   */
  endInput(watermark: number): Promise<void>
  /** How each record of a topic ended. An upload is used when it is stored. */
  account(topic: Topic): Promise<Omit<TopicAccount, 'topic' | 'in'>>
  /** A small result from ClickHouse. */
  rows<Row>(sql: string): Promise<Row[]>
  /** Writes a training set of the samples shown in the range. */
  exportTrainingSet(shown: TimeRange): Promise<DemoSummary['exported']>
}
