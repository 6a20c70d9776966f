import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import type { Admin, Producer } from 'kafkajs'
import { KinoraError } from '../../../errors/errors.js'
import { eventRecord, type OutgoingRecord } from '../../../replay/record.js'
import { behaviorInputs, endInput, openReplayProducer, sendRecords, type Sent } from '../../../replay/send.js'
import { createCodec } from '../../../schemas/codec.js'
import { ourSchemas } from '../../../schemas/versions.js'
import { createTopics } from '../../../stores/kafka/topic-admin.js'
import { topics } from '../../../streams/topics.js'
import { startTestKafka, type TestKafka } from '../../helpers/kafka.js'
import { sampleEvents } from '../../helpers/sample-events.js'

const codec = createCodec(ourSchemas())
const partitions = 3

const click = (request: number, at: number): OutgoingRecord =>
  eventRecord(codec, topics.clicks, { ...sampleEvents.ResultClicked, request_id: `r${request}`, at })

async function* from(records: Iterable<OutgoingRecord>): AsyncGenerator<OutgoingRecord> {
  for (const record of records) yield await Promise.resolve(record)
}

describe('sendRecords: records → Kafka', () => {
  let broker: TestKafka
  let admin: Admin
  let producer: Producer
  beforeAll(async () => {
    broker = await startTestKafka()
    admin = broker.kafka.admin()
    await admin.connect()
    producer = await openReplayProducer(broker.kafka)
  })
  afterAll(async () => {
    await Promise.all([producer.disconnect(), admin.disconnect()])
    await broker.stop()
  })

  const newNamespace = async (): Promise<string> => {
    const namespace = `t-${randomUUID()}`
    await createTopics(admin, namespace, { partitions, retentionMs: 3_600_000 })
    return namespace
  }

  interface Read {
    readonly topic: string
    readonly partition: number
    readonly key: string | null
    readonly value: Buffer
  }

  /** Everything in the topics, per partition in order. */
  async function readAll(namespace: string, names: readonly string[]): Promise<Read[]> {
    const wanted = names.map((name) => `${namespace}.${name}`)
    const offsets = await Promise.all(wanted.map((topic) => admin.fetchTopicOffsets(topic)))
    const total = offsets.flat().reduce((sum, { high }) => sum + Number(high), 0)
    const read: Read[] = []
    const consumer = broker.kafka.consumer({ groupId: randomUUID() })
    await consumer.connect()
    await consumer.subscribe({ topics: wanted, fromBeginning: true })
    await new Promise<void>((resolve, reject) => {
      if (total === 0) return resolve()
      consumer
        .run({
          eachMessage: ({ topic, partition, message: { key, value } }) => {
            read.push({
              topic: topic.slice(namespace.length + 1),
              partition,
              key: key?.toString() ?? null,
              value: value!,
            })
            if (read.length === total) resolve()
            return Promise.resolve()
          },
        })
        .catch(reject)
    })
    await consumer.disconnect()
    return read
  }

  it('sends each record once, those of one key in order to one partition, and reports its progress', async () => {
    const namespace = await newNamespace()
    const records = Array.from({ length: 5000 }, (_, i) => click(i % 40, 1000 + i))
    const progress: Sent[] = []
    const sent = await sendRecords(from(records), { producer, namespace, onProgress: (now) => progress.push(now) })
    expect(sent).toEqual({ records: 5000, byTopic: { 'search.clicks': 5000 }, latestAt: 5999 })
    expect(progress.at(-1)).toEqual(sent)
    expect(progress.map(({ records }) => records)).toEqual([1000, 2000, 3000, 4000, 5000])

    const read = await readAll(namespace, ['search.clicks'])
    for (let request = 0; request < 40; request++) {
      const own = read.filter(({ key }) => key === `r${request}`)
      expect(new Set(own.map(({ partition }) => partition)).size).toBe(1)
      const times = own.map(({ value }) => codec.decode('ResultClicked', value).at)
      expect(times).toEqual(Array.from({ length: 125 }, (_, i) => 1000 + request + 40 * i))
    }
    expect(new Set(read.map(({ partition }) => partition)).size).toBe(partitions)
  })

  it('puts one key of all behavior topics into the same partition', async () => {
    const namespace = await newNamespace()
    const records = Array.from({ length: 30 }, (_, i) => `r${i}`).flatMap((request_id) => [
      eventRecord(codec, topics.impressions, { ...sampleEvents.ResultsShown, request_id }),
      eventRecord(codec, topics.clicks, { ...sampleEvents.ResultClicked, request_id }),
      eventRecord(codec, topics.watches, { ...sampleEvents.VideoWatched, request_id }),
    ])
    await sendRecords(from(records), { producer, namespace })
    const read = await readAll(
      namespace,
      behaviorInputs.map(({ name }) => name),
    )
    expect(read).toHaveLength(90)
    for (const { key } of records) {
      expect(new Set(read.filter((record) => record.key === key).map(({ partition }) => partition)).size).toBe(1)
    }
  })

  it('sends records of nearly 1 MB', async () => {
    const namespace = await newNamespace()
    const large = (i: number) =>
      eventRecord(codec, topics.uploads, {
        ...sampleEvents.VideoUploaded,
        video_id: `v${i}`,
        title: 't'.repeat(999_000),
      })
    const sent = await sendRecords(from([large(1), large(2), large(1)]), { producer, namespace })
    expect(sent.byTopic).toEqual({ 'video.uploads': 3 })
    expect(await readAll(namespace, ['video.uploads'])).toHaveLength(3)
  })

  it('has sent all records before the one that could not be read', async () => {
    const namespace = await newNamespace()
    const failing = (async function* () {
      yield* from([click(1, 1), click(2, 2)])
      throw new Error('line 3 is bad')
    })()
    await expect(sendRecords(failing, { producer, namespace })).rejects.toThrow('line 3 is bad')
    expect(await readAll(namespace, ['search.clicks'])).toHaveLength(2)
  })

  it('stops when asked, with what it has sent', async () => {
    const namespace = await newNamespace()
    const stop = new AbortController()
    const endless = (function* () {
      for (let i = 0; ; i++) yield click(i, i)
    })()
    const onProgress = ({ records }: Sent) => {
      if (records >= 2000) stop.abort()
    }
    const sent = await sendRecords(from(endless), { producer, namespace, onProgress, signal: stop.signal })
    expect(await readAll(namespace, ['search.clicks'])).toHaveLength(sent.records)
  })

  it('holds no more than two batches while Kafka is busy', async () => {
    const namespace = await newNamespace()
    let [taken, acknowledged, held] = [0, 0, 0]
    const counting = (function* () {
      for (; taken < 20_000; taken++) {
        held = Math.max(held, taken - acknowledged)
        yield click(taken, taken)
      }
    })()
    await sendRecords(from(counting), { producer, namespace, onProgress: ({ records }) => (acknowledged = records) })
    expect(held).toBeLessThanOrEqual(2001)
  })

  it('says that the topics are missing', async () => {
    const namespace = `t-${randomUUID()}`
    const error: unknown = await sendRecords(from([click(1, 1)]), { producer, namespace }).catch(
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(KinoraError)
    expect((error as KinoraError).code).toBe('TOPIC_MISMATCH')
  })

  it('ends the input of every partition of the behavior topics with a watermark', async () => {
    const namespace = await newNamespace()
    await endInput({ producer, codec, namespace, partitions, watermark: 1_700_000_000_000 })
    const read = await readAll(
      namespace,
      behaviorInputs.map(({ name }) => name),
    )
    expect(read.map(({ topic, partition }) => `${topic} ${partition}`).sort()).toEqual(
      behaviorInputs.flatMap(({ name }) => [0, 1, 2].map((partition) => `${name} ${partition}`)).sort(),
    )
    for (const { value } of read) {
      expect(codec.eventNameOf(value)).toBe('WatermarkReached')
      expect(codec.decode('WatermarkReached', value).watermark).toBe(1_700_000_000_000)
    }
  })
})
