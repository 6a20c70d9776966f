import type { ResultClicked, ResultsShown, VideoWatched } from '../../schemas/events.js'

export const inputTopics = ['search.impressions', 'search.clicks', 'video.watches'] as const
export type InputTopic = (typeof inputTopics)[number]

/** What a record holds. `bytes` is what no schema knows; an event in the topic of another event is undecodable there. */
export type Content =
  | { event: 'ResultsShown'; value: ResultsShown }
  | { event: 'ResultClicked'; value: ResultClicked }
  | { event: 'VideoWatched'; value: VideoWatched }
  | { event: 'bytes'; value: Buffer | null }

export interface LogRecord {
  /** The place of the record in the whole log; a record of one topic and key with a smaller id has a smaller offset. */
  id: number
  topic: InputTopic
  key: string
  content: Content
  /** How the sender is to spoil the encoded bytes; both make them undecodable. */
  damage: 'truncated' | 'unknown-schema' | null
}

export interface Phase {
  name: string
  /**
   * All windows that end at or before this (event time) have closed before the first record of the phase is sent;
   * null: nothing is known to have closed.
   */
  closedBefore: number | null
  records: LogRecord[]
}

/** The topic in which an event belongs. */
export const topicOf = {
  ResultsShown: 'search.impressions',
  ResultClicked: 'search.clicks',
  VideoWatched: 'video.watches',
} as const satisfies Record<Exclude<Content['event'], 'bytes'>, InputTopic>
