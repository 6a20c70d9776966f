/** Every topic: name, key, partitions, retention. The codec of a topic is the Avro schema of its event. */
import type { EventName } from '../schemas/events.js'

export interface Topic<Name extends EventName = EventName> {
  readonly name: string
  readonly event: Name
  /** What a record is keyed by; records of one key share a partition. */
  readonly key: string
  /** Topics of one group have equal partition counts, and partition p of all goes to one consumer. */
  readonly kind: 'input' | 'derived' | 'compacted'
}

const topic = <Name extends EventName>(name: string, event: Name, key: string, kind: Topic['kind']): Topic<Name> => ({
  name,
  event,
  key,
  kind,
})

export const topics = {
  uploads: topic('video.uploads', 'VideoUploaded', 'video_id', 'input'),
  asr: topic('video.asr', 'AsrTranscribed', 'video_id', 'input'),
  ocr: topic('video.ocr', 'OcrRecognized', 'video_id', 'input'),

  impressions: topic('search.impressions', 'ResultsShown', 'request_id', 'input'),
  clicks: topic('search.clicks', 'ResultClicked', 'request_id', 'input'),
  watches: topic('video.watches', 'VideoWatched', 'request_id', 'input'),

  outcomes: topic('search.outcomes', 'RequestClosed', 'request_id', 'derived'),
  unused: topic('search.unused', 'RecordsUnused', 'source partition', 'derived'),
  engagementDeltas: topic('video.engagement.deltas', 'EngagementChanged', 'video_id', 'derived'),
  engagement: topic('video.engagement', 'TileCounted', 'video_id', 'derived'),
  samples: topic('training.samples', 'TrainingSample', 'request_id', 'derived'),
  calibrations: topic('label.calibrations', 'CalibrationPublished', 'version', 'compacted'),

  deadLetters: topic('dead.letters', 'DeadLettered', 'source position', 'derived'),
} as const

/** The name of a topic in Kafka: a namespace prefixes everything it owns. */
export const topicName = (namespace: string, topic: Topic): string => `${namespace}.${topic.name}`

/** The consumer group of a stream. */
export const groupName = (namespace: string, stream: string): string => `${namespace}.${stream}`
