import { pick, shuffled, type Random } from '../../random.js'
import type { Concept } from '../concepts/concepts.js'
import { worldParameters } from '../parameters.js'
import type { Title } from '../video.js'
import type { Vocabulary } from '../vocabulary.js'
import { baitTitles, titlesOfOne, titlesOfThree, titlesOfTwo, vagueTitles } from './phrases.js'
import { fill, wordFor } from './words.js'

const byCount = [titlesOfOne, titlesOfTwo, titlesOfThree]

/** The title of a video that names what it holds, or says nothing of it. */
export function honestTitle(concepts: readonly Concept[], vocabulary: Vocabulary, random: Random): Title {
  const { informative, secondNamed, thirdNamed, otherTone } = worldParameters.titles
  if (random() >= informative) return { kind: 'vague', text: pick(random, vagueTitles), names: [] }
  const chances = [1, secondNamed, thirdNamed]
  // In no order: what comes first in a clip is to be seen there only.
  const names = shuffled(
    random,
    concepts.filter((_, n) => random() < chances[n]!),
  )
  const phrases = names.length === 1 && random() < otherTone ? baitTitles : byCount[names.length - 1]!
  return { kind: 'informative', text: phraseOf(phrases, names, vocabulary, random), names }
}

/** The title of a bait: names what is not there. */
export function baitTitle(bait: Concept, vocabulary: Vocabulary, random: Random): Title {
  const phrases = random() < worldParameters.titles.otherTone ? titlesOfOne : baitTitles
  return { kind: 'clickbait', text: phraseOf(phrases, [bait], vocabulary, random), names: [bait] }
}

function phraseOf(
  phrases: readonly string[],
  names: readonly Concept[],
  vocabulary: Vocabulary,
  random: Random,
): string {
  const words = names.map((each) => wordFor(each, worldParameters.titles.byKeyword, vocabulary, random))
  return fill(pick(random, phrases), ...words)
}
