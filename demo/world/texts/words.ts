import { pick, type Random } from '../../random.js'
import type { Concept } from '../concepts/concepts.js'
import type { Vocabulary } from '../vocabulary.js'

/** A word for a concept: its name, or in a share of the cases a keyword that texts may use. */
export function wordFor(concept: Concept, byKeyword: number, vocabulary: Vocabulary, random: Random): string {
  const keywords = vocabulary.knownKeywords(concept)
  return random() < byKeyword && keywords.length > 0 ? pick(random, keywords) : concept.name
}

/** Puts words into the places `{x}`, `{y}`, `{z}` of a phrase, in this order. */
export function fill(phrase: string, ...words: readonly string[]): string {
  return ['{x}', '{y}', '{z}'].reduce((text, place, n) => text.replaceAll(place, words[n] ?? ''), phrase)
}
