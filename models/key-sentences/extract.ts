import { countCodePoints } from '../code-points.js'
import { cutText } from '../text-budgets.js'
import { sentencesOf, type Segment, type Sentence } from './sentence.js'

/** Between the sentences of an extract. */
const BETWEEN = ' '

/** The extract as one text; null when there is none. */
export const textOf = (sentences: readonly Sentence[]): string | null =>
  sentences.length === 0 ? null : sentences.map(({ text }) => text).join(BETWEEN)

/** The first sentences that fit; of a first one that does not fit by itself nothing. The plain rival of an extract. */
export function firstSentences(segments: readonly Pick<Segment, 'text'>[], maxCharacters: number): Sentence[] {
  const chosen: Sentence[] = []
  let left = maxCharacters
  for (const sentence of sentencesOf(segments)) {
    left -= countCodePoints(sentence.text)
    if (left < 0) break
    chosen.push(sentence)
    left -= BETWEEN.length
  }
  return chosen
}

/** The whole transcript, cut off: the other rival. Null when it is empty. */
export function cutOff(segments: readonly Pick<Segment, 'text'>[], maxCharacters: number): string | null {
  let text = ''
  for (const segment of segments) {
    text += (text === '' ? '' : BETWEEN) + segment.text.trim()
    if (text.length >= 2 * maxCharacters) break
  }
  return text === '' ? null : cutText(text, maxCharacters)
}
