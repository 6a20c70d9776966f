import type { Split } from '../../models/world/truth.js'
import { hash, pick, randomOf, shuffled, zipf, type Random } from '../random.js'
import { loadConcepts, type Concept } from './concepts/concepts.js'
import { worldParameters } from './parameters.js'

/** Two concepts that are often shown together. */
export interface Pair {
  readonly one: Concept
  readonly other: Concept
  /** No video or search outside the held-out slice has both, in whatever role. */
  readonly heldOut: boolean
}

/** What a world is about, and which part of it is held out of training. */
export interface Vocabulary {
  /** The most popular first. */
  readonly concepts: readonly Concept[]
  readonly pairs: readonly Pair[]
  drawConcept(random: Random): Concept
  pairsOf(concept: Concept): readonly Pair[]
  /** Whether two concepts are a pair that is held out; two that are no pair are free. */
  isHeldOut(one: Concept, other: Concept): boolean
  /** The words by which texts name it and every split asks for it. */
  knownKeywords(concept: Concept): readonly string[]
  /** The words by which only validation, or only the test, may ask for it; no text names it by them. */
  heldOutKeywords(concept: Concept, askedIn: 'validation' | 'test'): readonly string[]
}

export function createVocabulary(seed: number): Vocabulary {
  const { zipfExponent, heldOutKeywords } = worldParameters.concepts
  const concepts = shuffled(randomOf(seed, 'popularity'), loadConcepts())
  const popular = zipf(concepts.length, zipfExponent)
  const pairs = createPairs(concepts, seed)
  const byConcept = new Map<Concept, Pair[]>(concepts.map((concept) => [concept, []]))
  for (const pair of pairs) for (const each of [pair.one, pair.other]) byConcept.get(each)!.push(pair)
  const askedIn = (word: string): Split => {
    const place = hash(seed, 'keyword', word) / 2 ** 32
    if (place < heldOutKeywords.validation) return 'validation'
    return place < heldOutKeywords.validation + heldOutKeywords.test ? 'test' : 'train'
  }
  const pairsOf = (concept: Concept): readonly Pair[] => byConcept.get(concept)!
  return {
    concepts,
    pairs,
    drawConcept: (random) => concepts[popular(random)]!,
    pairsOf,
    isHeldOut: (one, other) => pairsOf(one).some((pair) => pair.heldOut && partnerIn(pair, one) === other),
    knownKeywords: ({ keywords }) => keywords.filter((word) => askedIn(word) === 'train'),
    heldOutKeywords: ({ keywords }, split) => keywords.filter((word) => askedIn(word) === split),
  }
}

/** The other concept of a pair. */
export const partnerIn = (pair: Pair, concept: Concept): Concept => (pair.one === concept ? pair.other : pair.one)

function createPairs(concepts: readonly Concept[], seed: number): Pair[] {
  const { partners, heldOutPairs } = worldParameters.concepts
  const pairs = new Map<string, Pair>()
  for (const concept of concepts) {
    const random = randomOf(seed, 'partners', concept.id)
    // A pair belongs to both, so each seeks half as many as it shall have.
    for (let found = 0; found < partners / 2;) {
      const other = pick(random, concepts)
      const key = [concept.id, other.id].sort().join(' ')
      if (other === concept || pairs.has(key)) continue
      pairs.set(key, { one: concept, other, heldOut: random() < heldOutPairs })
      found++
    }
  }
  return [...pairs.values()]
}
