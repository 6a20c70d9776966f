import { codePoints, countCodePoints } from '../code-points.js'
import { firstSentences } from './extract.js'
import type { Lexicon, Term } from './lexicon.js'
import { sentencesOf, type Segment, type Sentence } from './sentence.js'
import { wantedTerms, type WantedTerms } from './wanted-terms.js'

/** How an extract is made. */
export interface KeySentenceOptions {
  /** Code points of the extract, one between sentences included. */
  readonly maxCharacters: number
  readonly lexicon: Lexicon
}

/** What is left of a word's worth each time that it has been said. */
const DECAY = 0.4
/** What two neighbours of the title add when a sentence says them side by side, as a share of their worth. */
const TIGHTNESS = 0.5
/** A title is not longer. */
const MAX_TITLE = 200

interface Candidate {
  readonly sentence: Sentence
  readonly index: number
  readonly characters: number
  readonly terms: readonly Term[]
  /** Fixed: what the sentence's closeness to the title's wording is worth. */
  readonly tightness: number
}

/**
 * The sentences of a transcript that say what the video is about, in the order of the transcript, each a checkable
 * part of its segment; the first sentences when no word stands out.
 *
 * Greedy: the sentence with the most wanted words (see {@link wantedTerms}) for its length is taken, the words that it
 * says lose worth, and so on until the limit is reached: diversity without comparing pairs, as in QUITE (Baidu, KDD
 * 2021). Neighbouring words of the title that are near each other, in their order, add to a sentence. Time: at most
 * 400 sentences times the number taken.
 */
export function keySentences(
  title: string,
  segments: readonly Pick<Segment, 'text'>[],
  { maxCharacters, lexicon }: KeySentenceOptions,
): Sentence[] {
  const titleTerms = lexicon.terms(codePoints(title).slice(0, MAX_TITLE).join(''))
  const sentences = sentencesOf(segments)
  const terms = sentences.map(({ text }) => lexicon.terms(text))
  const wanted = wantedTerms(titleTerms, terms)
  const candidates = sentences.map((sentence, index) => ({
    ...{ sentence, index, terms: terms[index]! },
    characters: countCodePoints(sentence.text),
    tightness: tightnessOf(titleTerms, terms[index]!, wanted),
  }))
  const chosen = choose(candidates, wanted, maxCharacters)
  if (chosen.length === 0) return firstSentences(segments, maxCharacters)
  return chosen.sort((a, b) => a.index - b.index).map(({ sentence }) => sentence)
}

function choose(candidates: readonly Candidate[], wanted: WantedTerms, maxCharacters: number): Candidate[] {
  const worth = new Map(wanted)
  const open = new Set(candidates)
  const chosen: Candidate[] = []
  for (let left = maxCharacters; ;) {
    const best = bestOf(open, worth, left)
    if (!best) return chosen
    chosen.push(best)
    open.delete(best)
    left -= best.characters + 1
    for (const { text } of distinct(best.terms)) if (worth.has(text)) worth.set(text, worth.get(text)! * DECAY)
  }
}

function bestOf(open: Iterable<Candidate>, worth: WantedTerms, left: number): Candidate | undefined {
  let best: Candidate | undefined
  let most = 0
  for (const candidate of open) {
    if (candidate.characters > left) continue
    const said = distinct(candidate.terms).reduce((sum, { text }) => sum + (worth.get(text) ?? 0), 0)
    const score = said === 0 ? 0 : (said + candidate.tightness) / Math.sqrt(candidate.characters)
    if (score > most) [best, most] = [candidate, score]
  }
  return best
}

const distinct = (terms: readonly Term[]): Term[] => [...new Map(terms.map((term) => [term.text, term])).values()]

/** Sum over neighbouring words (a, b) of the title of their mean worth / (1 + words between them), where b follows a. */
function tightnessOf(title: readonly Term[], terms: readonly Term[], wanted: WantedTerms): number {
  const place = new Map(terms.map(({ text }, index) => [text, index]))
  const telling = title.filter(({ text }) => wanted.has(text))
  return telling.slice(1).reduce((sum, b, i) => {
    const a = telling[i]!
    const gap = (place.get(b.text) ?? NaN) - (place.get(a.text) ?? NaN) - 1
    if (!(gap >= 0)) return sum
    return sum + (TIGHTNESS * (wanted.get(a.text)! + wanted.get(b.text)!)) / 2 / (1 + gap)
  }, 0)
}
