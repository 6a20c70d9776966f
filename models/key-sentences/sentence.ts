import type { AsrTranscribed } from '../../schemas/events.js'

export type Segment = AsrTranscribed['segments'][number]

/** A piece of a transcript: `segments[segment].text.slice(start, end)` is its text, so that it can be checked. */
export interface Sentence {
  readonly segment: number
  readonly start: number
  readonly end: number
  readonly text: string
}

/** A transcript of more sentences is cut off: the selection stays quick whatever comes in. */
export const MAX_SENTENCES = 400
/** A longer stretch without any mark is cut here. */
const LONGEST = 80

const END = /[。！？!?；;\n…]+/gu
const PAUSE = /[，,、：:\s]+/gu

/**
 * Segments → sentences, in order, at most {@link MAX_SENTENCES}. A sentence ends with its mark or its segment;
 * recognisers often set no marks, so that a segment is a sentence. What is longer than 80 units is cut at pauses, and
 * where there is none, at that length. Pieces without a letter or digit are left out.
 */
export function sentencesOf(segments: readonly Pick<Segment, 'text'>[]): Sentence[] {
  const sentences: Sentence[] = []
  for (let segment = 0; segment < segments.length; segment++) {
    const { text } = segments[segment]!
    for (const [start, end] of pieces(text)) {
      const piece = text.slice(start, end)
      if (!/[\p{L}\p{N}]/u.test(piece)) continue
      sentences.push({ segment, start, end, text: piece })
      if (sentences.length >= MAX_SENTENCES) return sentences
    }
  }
  return sentences
}

function* pieces(text: string): Generator<readonly [number, number]> {
  for (const [start, end] of splitAt(text, 0, text.length, END))
    if (end - start <= LONGEST) yield [start, end]
    else yield* shorter(text, start, end)
}

/** Pauses are joined up again to pieces of at most the longest length. */
function* shorter(text: string, from: number, to: number): Generator<readonly [number, number]> {
  let start = from
  let end = from
  for (const [, next] of splitAt(text, from, to, PAUSE)) {
    if (next - start > LONGEST && end > start) {
      yield [start, end]
      start = end
    }
    while (next - start > LONGEST) {
      const cut = wholeAt(text, start + LONGEST)
      yield [start, cut]
      start = cut
    }
    end = next
  }
  if (end > start) yield [start, end]
}

/** Only what lies between `from` and `to` is searched: to search on to the end for each sentence would be quadratic. */
function* splitAt(text: string, from: number, to: number, mark: RegExp): Generator<readonly [number, number]> {
  let start = from
  for (const match of text.slice(from, to).matchAll(mark)) {
    const end = from + match.index + match[0].length
    yield [start, end]
    start = end
  }
  if (start < to) yield [start, to]
}

/** Not within a surrogate pair. */
const wholeAt = (text: string, index: number): number => (/[\uDC00-\uDFFF]/.test(text[index] ?? '') ? index - 1 : index)
