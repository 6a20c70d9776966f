import { distance } from 'fastest-levenshtein'
import type { OcrRecognized } from '../schemas/events.js'
import { cutText } from './text-budgets.js'

type RecognizedText = OcrRecognized['texts'][number]

/** Texts of one video that are looked at; the rest of an endless recognition is left out. */
const MAX_TEXTS = 200
/** Characters of one text that are compared. */
const MAX_CHARACTERS = 100
/** Two texts are readings of one if at most this share of the longer one differs. */
const SLIP_SHARE = 0.25

/**
 * What was recognised in a cover or in frames, as one text.
 *
 * The same words stay on screen for many frames, each time read a little differently. Texts are taken in order of time
 * (then as they came); spaces at the ends go. A text is another reading of the first one taken before that holds it, that
 * it holds, or that is within an edit distance of a quarter of its length: of two readings the whole one stays, else the
 * more confident one, in the place of the first. What stays is joined by spaces. Null when nothing was recognised.
 *
 * Looks at 200 texts of 100 characters at most, whatever comes in.
 */
export function joinRecognized(texts: readonly RecognizedText[]): string | null {
  const kept: { text: string; confidence: number }[] = []
  for (const { text: raw, confidence } of inTime(texts).slice(0, MAX_TEXTS)) {
    const text = cutText(raw.normalize('NFKC').trim(), MAX_CHARACTERS)
    if (text === '') continue
    const reading = { text, confidence: confidence ?? 0 }
    const known = kept.findIndex((other) => isSame(other.text, text))
    if (known < 0) kept.push(reading)
    else if (isBetter(reading, kept[known]!)) kept[known] = reading
  }
  return kept.length === 0 ? null : kept.map(({ text }) => text).join(' ')
}

const inTime = (texts: readonly RecognizedText[]): RecognizedText[] =>
  [...texts].sort((a, b) => (a.at_ms ?? 0) - (b.at_ms ?? 0))

const isBetter = (one: { text: string; confidence: number }, other: { text: string; confidence: number }): boolean =>
  one.text.includes(other.text) || (!other.text.includes(one.text) && one.confidence > other.confidence)

function isSame(one: string, other: string): boolean {
  if (one.includes(other) || other.includes(one)) return true
  const most = Math.floor(Math.max(one.length, other.length) * SLIP_SHARE)
  return Math.abs(one.length - other.length) <= most && distance(one, other) <= most
}
