import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { WorldEvent } from '../../models/world/read-events.js'
import type { TrueVideo } from '../../models/world/truth.js'
import type { VideoUploaded } from '../../schemas/events.js'
import { topics } from '../../streams/topics.js'

const topicOf = new Map(Object.values(topics).map(({ event, name }) => [event, name]))

/** Writes a world folder of the events and the truth that a test names, and returns its path. */
export function writeTinyWorld(
  folder: string,
  { events, videos, files = {} }: { events: WorldEvent[]; videos: TrueVideo[]; files?: Record<string, string> },
): string {
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const lines = (documents: readonly unknown[]): string => documents.map((each) => JSON.stringify(each) + '\n').join('')
  write('events.jsonl', lines(events.map(({ name, event }) => ({ topic: topicOf.get(name), value: event }))))
  write('truth/videos.jsonl', lines(videos))
  for (const [name, text] of Object.entries(files)) write(name, text)
  return folder
}

/** A true video with sensible defaults. */
export const trueVideo = (video_id: string, over: Partial<TrueVideo> = {}): TrueVideo => ({
  video_id,
  split: 'train',
  slice: 'seen',
  concepts: ['cat'],
  order: null,
  title_kind: 'informative',
  cover_kind: 'truth',
  clickbait: false,
  missing: [],
  topic_segments: [0],
  ...over,
})

/** The upload of a video with sensible defaults. */
export const uploaded = (video_id: string, over: Partial<VideoUploaded> = {}): WorldEvent => ({
  name: 'VideoUploaded',
  event: {
    ...{ video_id, at: 1, title: '猫', account_id: 'u', account_name: '小店', cover_uri: null, media_uri: null },
    ...{ duration_ms: 60_000, deleted: false },
    ...over,
  },
})
