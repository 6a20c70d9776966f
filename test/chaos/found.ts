import type { Kafka } from 'kafkajs'
import { decode } from '../../schemas/codec.js'
import type { RequestClosed, TileCounted, TrainingSample } from '../../schemas/events.js'
import { inputTopics, type InputTopic } from './log.js'
import { isEmpty, type StoredUnused } from './read-stores.js'
import { readTopics, type TopicRecord } from './read-topics.js'
import { ID_HEADER } from './send-log.js'
import type { Place } from './verdicts.js'

/** Everything that a `read_committed` reader finds in the topics of a namespace. */
export interface Found {
  /** Where the records of the log are. */
  places: Place[]
  requests: RequestClosed[]
  samples: TrainingSample[]
  /** The last value of each tile, without those that have come back to nothing. */
  tiles: TileCounted[]
  unused: StoredUnused[]
  /** Of the joiner. */
  deadLetters: Omit<StoredUnused, 'reason'>[]
}

export const findAll = async (kafka: Kafka, namespace: string): Promise<Found> => {
  const read = async <Row>(topics: readonly string[], rowsOf: (record: TopicRecord) => Row[]): Promise<Row[]> => {
    const rows: Row[] = []
    await readTopics(
      kafka,
      topics.map((topic) => `${namespace}.${topic}`),
      (record) => rows.push(...rowsOf(record)),
    )
    return rows
  }
  const counted = await read(['video.engagement'], ({ value }) => [decode('TileCounted', value)])
  const letters = await read(['dead.letters'], ({ value }) => [decode('DeadLettered', value)])
  return {
    places: await read(inputTopics, (record) => placeOf(record, namespace)),
    requests: await read(['search.outcomes'], ({ value }) => [decode('RequestClosed', value)]),
    samples: await read(['training.samples'], ({ value }) => [decode('TrainingSample', value)]),
    tiles: lastOf(counted).filter((tile) => !isEmpty(tile)),
    unused: await read(['search.unused'], ({ value }) => {
      const { partition, entries } = decode('RecordsUnused', value)
      return entries.map((entry) => ({ ...entry, partition }))
    }),
    deadLetters: letters.filter(({ stream }) => stream === 'join-outcomes'),
  }
}

/** Watermarks are no records of the log: they carry no id. */
const placeOf = ({ topic, partition, offset, headers }: TopicRecord, namespace: string): Place[] => {
  const id = headers[ID_HEADER]
  if (id === undefined) return []
  return [{ id: Number(id.toString()), topic: topic.slice(namespace.length + 1) as InputTopic, partition, offset }]
}

/** Values of one tile are in one partition, and so in order. */
const lastOf = (counted: readonly TileCounted[]): TileCounted[] => {
  const last = new Map<string, TileCounted>()
  for (const tile of counted) last.set(JSON.stringify([tile.video_id, tile.query, tile.tile]), tile)
  return [...last.values()]
}
