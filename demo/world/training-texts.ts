import type { WorldEvent } from '../../models/world/read-events.js'
import { uploadEvents } from './upload-events.js'
import type { WorldVideo } from './video.js'

/** All that training can read of its videos: what is said of them, drawn into them, and made of it by recognisers. */
export function trainingTexts(videos: readonly WorldVideo[], seed: number): string[] {
  return videos
    .filter(({ split }) => split === 'train')
    .flatMap((video) => [...drawnTexts(video), ...uploadEvents(video, 0, seed).flatMap(textsOf)])
}

const drawnTexts = ({ cover, clip }: WorldVideo): string[] =>
  [cover.text, ...clip.scenes.map(({ caption }) => caption)].filter((text) => text !== null)

/** What is said in one go is one text: a word may begin in one segment and end in the next. */
function textsOf({ name, event }: WorldEvent): string[] {
  if (name === 'VideoUploaded') return [event.title, event.account_name]
  if (name === 'AsrTranscribed') return [event.segments.map(({ text }) => text).join('')]
  return name === 'OcrRecognized' ? event.texts.map(({ text }) => text) : []
}
