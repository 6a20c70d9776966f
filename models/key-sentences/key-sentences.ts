import { codePoints, countCodePoints } from '../code-points.js'
import { sentencesOf, type Segment, type Sentence } from './sentence.js'

/** How an extract is made. */
export interface KeySentenceOptions {
  /** Code points of the extract, spaces between sentences included. */
  readonly maxCharacters: number
}

/**
 * The sentences of a transcript that say what the title says, in the order of the transcript.
 */
export function keySentences(
  title: string,
  segments: readonly Pick<Segment, 'text'>[],
  { maxCharacters }: KeySentenceOptions,
): Sentence[] {
  const wanted = new Set(title)
  const scored = sentencesOf(segments).map((sentence, index) => ({
    sentence,
    index,
    score: new Set(codePoints(sentence.text).filter((character) => wanted.has(character))).size,
  }))
  scored.sort((a, b) => b.score - a.score || a.index - b.index)
  let left = maxCharacters
  const chosen = scored.filter(({ sentence }) => {
    const characters = countCodePoints(sentence.text)
    if (characters > left) return false
    left -= characters + 1
    return true
  })
  return chosen.sort((a, b) => a.index - b.index).map(({ sentence }) => sentence)
}
