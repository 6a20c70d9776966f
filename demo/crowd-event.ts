import type { Events } from '../schemas/events.js'
import { topics, type Topic } from '../streams/topics.js'

/** The topics that the crowd writes to. */
export const crowdTopics = {
  VideoUploaded: topics.uploads,
  ResultsShown: topics.impressions,
  ResultClicked: topics.clicks,
  VideoWatched: topics.watches,
} as const

export type CrowdEventName = keyof typeof crowdTopics

/** Something that happened, with its event. */
export type CrowdEvent = { [Name in CrowdEventName]: { name: Name; value: Events[Name] } }[CrowdEventName]

/** What reaches the log: an event, or bytes that a broken client sent instead of one. */
export type CrowdRecord = {
  /** Epoch ms at which the record leaves for Kafka. */
  sendAt: number
  topic: Topic
  key: string
  /** Sent by a broken client: it will be dead-lettered. */
  broken?: true
} & ({ event: CrowdEvent } | { bytes: Buffer })

export const keyOf = (event: CrowdEvent): string =>
  event.name === 'VideoUploaded' ? event.value.video_id : event.value.request_id

/** The event as a record that leaves at this time. */
export const recordOf = (event: CrowdEvent, sendAt: number): CrowdRecord => ({
  sendAt,
  topic: crowdTopics[event.name],
  key: keyOf(event),
  event,
})
