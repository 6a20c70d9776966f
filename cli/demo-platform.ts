import type { Admin, Producer } from 'kafkajs'
import type { Config } from '../config/config.js'
import type { DemoPlatform } from '../demo/platform.js'
import { exportTrainingSet } from '../export/export-training-set.js'
import { endInput, openReplayProducer } from '../replay/send.js'
import type { Warehouse } from '../stores/clickhouse/warehouse.js'
import type { RedisClient } from '../stores/redis/client.js'
import { readEngagement, readTiles } from '../stores/redis/read-engagement.js'
import { noRecords, readJoinerProgress } from '../streams/account.js'
import { labelPolicyNames } from '../streams/behavior/label-policy.js'
import { lagOf, progressOf } from '../streams/runtime/progress.js'
import { settle } from '../streams/settle.js'
import { groupName, topicName, topics } from '../streams/topics.js'
import type { Connections } from './connections.js'
import type { Platform } from './platform.js'

export interface OpenDemoPlatform extends DemoPlatform {
  close(): Promise<void>
}

/** The running platform as the demo needs it. */
export async function openDemoPlatform(
  config: Config,
  connections: Connections,
  platform: Platform,
  out: string,
  signal: AbortSignal,
): Promise<OpenDemoPlatform> {
  const admin = connections.kafka().admin()
  const [producer, redis, warehouse] = await Promise.all([
    openReplayProducer(connections.kafka()),
    connections.redis(),
    connections.warehouse(),
    admin.connect(),
  ])
  const clients = { admin, producer, redis, warehouse }
  const { namespace } = config
  return {
    ...reading(config, clients),
    send: async (records) => {
      const topicMessages = [...new Set(records.map(({ topic }) => topic))].map((topic) => ({
        topic: topicName(namespace, topic),
        messages: records.filter((record) => record.topic === topic).map(({ key, value }) => ({ key, value })),
      }))
      await producer.sendBatch({ acks: -1, topicMessages })
    },
    endInput: async (watermark) => {
      const partitions = (await admin.fetchTopicOffsets(topicName(namespace, topics.impressions))).length
      await endInput({ producer, codec: platform.codec, namespace, partitions, watermark })
      await settle({ admin, namespace, streams: platform.running, watermark, signal })
    },
    exportTrainingSet: async ({ from, to }) => {
      const { rows, files } = await exportTrainingSet({
        ...{ warehouse, out, signal, format: 'parquet', split: { train: 0.8, validation: 0.1, test: 0.1 } },
        ...{ from: from ?? 0, to: to ?? Date.now(), domains: ['perception', 'content'], policies: labelPolicyNames() },
      })
      return { folder: out, samples: rows, files: files.length }
    },
    close: async () => {
      await Promise.allSettled([producer.disconnect(), admin.disconnect()])
    },
  }
}

interface Clients {
  readonly admin: Admin
  readonly producer: Producer
  readonly redis: RedisClient
  readonly warehouse: Warehouse
}

function reading({ namespace }: Config, { admin, redis, warehouse }: Clients) {
  const countRows = async (table: string): Promise<number> =>
    (await warehouse.rows<{ rows: number }>(`SELECT count() AS rows FROM ${table}`))[0]!.rows
  const joined = [topics.impressions, topics.clicks, topics.watches].map((topic) => topicName(namespace, topic))
  return {
    counts: async () => ({
      outcomes: await countRows('outcomes'),
      samples: await countRows('samples'),
      lag: lagOf(await progressOf(admin, groupName(namespace, 'join-outcomes'), joined)),
    }),
    impressions: async (keys) => (await readTiles(redis, namespace, keys)).map((tile) => tile?.impressions ?? 0),
    engagement: (videoIds) => readEngagement(redis, namespace, { videoIds, window: '1h', now: Date.now() }),
    account: async (topic) => {
      const { accounts } = await readJoinerProgress(admin, namespace)
      // Uploads are not joined: one is used when it is stored.
      return accounts.get(topic.name) ?? { ...noRecords(), used: await countRows('raw_uploads FINAL') }
    },
    rows: <Row>(sql: string) => warehouse.rows<Row>(sql),
  } satisfies Partial<DemoPlatform>
}
