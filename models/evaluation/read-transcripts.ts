import { FatalError } from '../../errors/errors.js'
import { readEvents } from '../world/read-events.js'
import { readTrueVideos, type Split } from '../world/truth.js'
import { VideoCatalog } from '../world/video-catalog.js'
import type { JudgedTranscript } from './judge-key-sentences.js'

/** The transcripts of one split of a world with their truth. Throws WORLD_INVALID when there is none. */
export async function readTranscripts(world: string, split: Split, signal?: AbortSignal): Promise<JudgedTranscript[]> {
  const truth = await readTrueVideos(world)
  const catalog = new VideoCatalog(world)
  for await (const event of readEvents(world)) {
    signal?.throwIfAborted()
    if ('video_id' in event.event && truth.get(event.event.video_id)?.split === split) catalog.take(event)
  }
  const transcripts = [...catalog.videos()].flatMap(({ video_id, title, segments }) => {
    const { title_kind, topic_segments } = truth.get(video_id)!
    return segments === null ? [] : [{ title, titleKind: title_kind, segments, topicSegments: topic_segments }]
  })
  if (transcripts.length > 0) return transcripts
  throw new FatalError('WORLD_INVALID', `${world} has no transcript of split ${split}`)
}
