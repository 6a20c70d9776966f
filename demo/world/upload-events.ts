import type { WorldEvent } from '../../models/world/read-events.js'
import type { OcrRecognized } from '../../schemas/events.js'
import { randomOf, within, type Random } from '../random.js'
import { worldParameters } from './parameters.js'
import { misread } from './texts/slips.js'
import { has, type WorldVideo } from './video.js'

/** Where the media of a video lie in a world's folder. */
export const coverPath = (id: string): string => `media/covers/${id}.jpg`
export const clipPath = (id: string): string => `media/clips/${id}.mp4`

/** The upload of a video and, minutes later, what was heard and read in it; what is missing has no event. */
export function uploadEvents(video: WorldVideo, at: number, seed: number): WorldEvent[] {
  const { id, account, durationMs, durationKnown, title, transcript } = video
  const random = randomOf(seed, 'upload', id)
  const later = (): number => at + Math.round(within(random, worldParameters.uploads.recognisedAfterMs))
  const upload: WorldEvent = {
    name: 'VideoUploaded',
    event: {
      ...{ video_id: id, at, account_id: account.id, deleted: false },
      title: has(video, 'title') ? title.text : '',
      account_name: has(video, 'account') ? account.name : '',
      cover_uri: has(video, 'cover') ? coverPath(id) : null,
      media_uri: has(video, 'frames') ? clipPath(id) : null,
      duration_ms: durationKnown ? durationMs : null,
    },
  }
  const asr: WorldEvent = {
    name: 'AsrTranscribed',
    event: { video_id: id, at: later(), segments: [...transcript.segments], engine: 'world-asr-1' },
  }
  const read = (source: OcrRecognized['source'], texts: OcrRecognized['texts']): WorldEvent => ({
    name: 'OcrRecognized',
    event: { video_id: id, at: later(), source, texts, engine: 'world-ocr-1' },
  })
  const [onCover, onFrames] = [coverTexts(video, random), frameTexts(video, random)]
  return [
    upload,
    ...(has(video, 'asr') ? [asr] : []),
    ...(onCover.length > 0 ? [read('cover', onCover)] : []),
    ...(onFrames.length > 0 ? [read('frame', onFrames)] : []),
  ]
}

function coverTexts(video: WorldVideo, random: Random): OcrRecognized['texts'] {
  if (!has(video, 'cover') || video.cover.text === null) return []
  return [{ text: misread(video.cover.text, random), at_ms: null, confidence: confidence(random) }]
}

/** A caption is read anew in each frame that is looked at, here in each scene. */
function frameTexts(video: WorldVideo, random: Random): OcrRecognized['texts'] {
  if (!has(video, 'frames')) return []
  let frame = 0
  return video.clip.scenes.flatMap(({ caption, frames }) => {
    const at_ms = Math.round((frame / worldParameters.clips.framesPerSecond) * 1_000)
    frame += frames
    return caption === null ? [] : [{ text: misread(caption, random), at_ms, confidence: confidence(random) }]
  })
}

const confidence = (random: Random): number =>
  Math.round(within(random, worldParameters.uploads.confidence) * 100) / 100

/** The modalities that this video lacks, those included that nobody can miss: pictures without words. */
export function missingModalities(video: WorldVideo): WorldVideo['missing'] {
  const wordless = [
    ...(!has(video, 'cover') || video.cover.text === null ? (['cover_text'] as const) : []),
    ...(!has(video, 'frames') || video.clip.scenes.every(({ caption }) => caption === null)
      ? (['frame_text'] as const)
      : []),
  ]
  return [...new Set([...video.missing, ...wordless])]
}
