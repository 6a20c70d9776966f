import { pick, type Random } from '../random.js'
import type { Company } from './company.js'
import type { Concept } from './concepts/concepts.js'
import { worldParameters } from './parameters.js'
import { coverCries, coverTextsOfThing } from './texts/phrases.js'
import { fill } from './texts/words.js'
import type { Cover } from './video.js'

export interface Subject {
  readonly concepts: readonly Concept[]
  /** What the picture shows in place of it, if it baits. */
  readonly bait: Concept | null
  /** What the title promises in place of it, if it baits. */
  readonly titleBait: Concept | null
}

/** What a cover shows: all of the subject or a part of it, or a bait; beside it another thing; and text in the picture. */
export function planCover(subject: Subject, company: Company, random: Random): Cover {
  const { empty, distractor, text, textNames } = worldParameters.covers
  const { kind, shows } = drawPicture(subject, random)
  const beside = random() < distractor ? company.addOther([...subject.concepts, ...shows], random) : null
  const isEmpty = random() < empty
  // Words in the picture promise what the picture or the title promises.
  const promised = subject.bait ?? subject.titleBait ?? shows[0]!
  const named = random() < textNames ? promised : null
  const words = named ? fill(pick(random, coverTextsOfThing), named.name) : pick(random, coverCries)
  const hasText = random() < text
  return {
    ...(isEmpty ? { kind: 'empty', shows: [] } : { kind, shows }),
    beside,
    text: hasText ? words : null,
    textNames: hasText ? named : null,
  }
}

function drawPicture({ concepts, bait }: Subject, random: Random): Pick<Cover, 'kind' | 'shows'> {
  if (bait) return { kind: 'misleading', shows: [bait] }
  const isPart = concepts.length > 1 && random() < worldParameters.covers.part
  return isPart ? { kind: 'part', shows: [pick(random, concepts)] } : { kind: 'truth', shows: concepts }
}
