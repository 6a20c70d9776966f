import type { OcrRecognized } from '../schemas/events.js'

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
 * (then as they came); spaces at the ends go; a text that is within an edit distance of a quarter of its length of one
 * taken before is another reading of it: the more confident reading stays, in the place of the first. A text that
 * another one holds is dropped. The rest are joined by a space. Null when nothing was recognised.
 *
 * Looks at 200 texts of 100 characters at most, whatever comes in.
 */
export function joinRecognized(texts: readonly RecognizedText[]): string | null {
  const kept: { text: string; confidence: number }[] = []
  for (const { text: raw, confidence } of inTime(texts).slice(0, MAX_TEXTS)) {
    const text = raw.normalize('NFKC').trim().slice(0, MAX_CHARACTERS)
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
  return Math.abs(one.length - other.length) <= most && editDistance(one, other) <= most
}

/** Levenshtein's distance of two short texts. */
export function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= other.length; j++)
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (one[i - 1] === other[j - 1] ? 0 : 1))
    row = next
  }
  return row[other.length]!
}
