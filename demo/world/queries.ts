import type { Split, TrueQuery } from '../../models/world/truth.js'
import { codePoints } from '../../models/code-points.js'
import { hash } from '../random.js'
import type { Concept } from './concepts/concepts.js'
import { worldParameters } from './parameters.js'
import type { Pair, Vocabulary } from './vocabulary.js'

/** A text that people search, with what they mean. */
export interface WorldQuery {
  readonly id: string
  readonly text: string
  readonly kind: TrueQuery['kind']
  /** What is asked for; of a change, what comes first and what follows. */
  readonly concepts: readonly Concept[]
  readonly heldOut: TrueQuery['held_out']
  /** The splits in which it is asked. */
  readonly askedIn: readonly Split[]
  readonly sharedCharacters: TrueQuery['shared_characters']
  /** How often it is asked, in proportion. */
  readonly weight: number
}

type Draft = Pick<WorldQuery, 'text' | 'kind' | 'concepts' | 'heldOut' | 'askedIn'>

const everywhere: readonly Split[] = ['train', 'validation', 'test']

/**
 * All queries of a world, of every kind; two that would read alike are one. Of the keywords meant for validation or the
 * test only, those are asked by nobody that occur in a text of training, be it by chance: in small talk, in a longer
 * word, by a recogniser's slip, or in another search.
 */
export function createQueries(vocabulary: Vocabulary, trainingTexts: readonly string[], seed: number): WorldQuery[] {
  const drafts = [
    ...vocabulary.concepts.flatMap((concept) => queriesOfOne(concept, vocabulary)),
    ...vocabulary.pairs.flatMap((pair) => queriesOfTwo(pair, seed)),
  ]
  const unlike = [...new Map(drafts.map((draft) => [draft.text, draft])).values()]
  const searched = unlike.filter(({ askedIn }) => askedIn.includes('train')).map(({ text }) => text)
  const read = [...trainingTexts, ...searched].join('\n')
  const asked = unlike.filter(({ heldOut, text }) => heldOut !== 'keyword' || !read.includes(text))
  const popularity = weigh(asked, vocabulary)
  return asked.map((draft, n) => ({
    ...draft,
    id: `q${String(n).padStart(5, '0')}`,
    sharedCharacters: draft.heldOut === 'keyword' ? shared(draft, vocabulary) : null,
    weight: popularity[n]!,
  }))
}

function queriesOfOne(concept: Concept, vocabulary: Vocabulary): Draft[] {
  const known = (kind: Draft['kind']) => (text: string) => ({
    ...{ text, kind, concepts: [concept], heldOut: null, askedIn: everywhere },
  })
  const heldOut = (split: 'validation' | 'test'): Draft[] =>
    vocabulary.heldOutKeywords(concept, split).map((text) => ({
      ...{ text, kind: 'keyword', concepts: [concept], heldOut: 'keyword', askedIn: [split] },
    }))
  return [
    known('name')(concept.name),
    ...vocabulary.knownKeywords(concept).map(known('keyword')),
    ...concept.synonyms.map(known('synonym')),
    ...heldOut('validation'),
    ...heldOut('test'),
  ]
}

/** A pair is asked for in one way, and as a change in one direction or both. */
function queriesOfTwo({ one, other, heldOut }: Pair, seed: number): Draft[] {
  const say = (texts: readonly string[], ...key: string[]): string => texts[hash(seed, ...key) % texts.length]!
  const held: Pick<Draft, 'heldOut' | 'askedIn'> = heldOut
    ? { heldOut: 'pair', askedIn: ['test'] }
    : { heldOut: null, askedIn: everywhere }
  const both = say(
    [`${one.name}和${other.name}`, `${one.name}${other.name}`, `${other.name} ${one.name}`],
    one.id,
    other.id,
  )
  const change = (first: Concept, then: Concept): Draft => ({
    text: say([`先${first.name}后${then.name}`, `${first.name}变成${then.name}`], 'change', first.id, then.id),
    kind: 'change',
    concepts: [first, then],
    ...held,
  })
  return [{ text: both, kind: 'pair', concepts: [one, other], ...held }, ...[change(one, other), change(other, one)]]
}

/** Each kind has its share of the requests; within a kind, a query is asked as often as its concepts are popular. */
function weigh(drafts: readonly Draft[], vocabulary: Vocabulary): number[] {
  const rank = new Map(vocabulary.concepts.map((concept, n) => [concept, n + 1]))
  const { kinds, popularityExponent } = worldParameters.queries
  const popularity = ({ concepts }: Draft): number =>
    concepts.reduce((product, concept) => product / rank.get(concept)! ** popularityExponent, 1) **
    (1 / concepts.length)
  const ofKind = new Map<Draft['kind'], number>()
  for (const draft of drafts) ofKind.set(draft.kind, (ofKind.get(draft.kind) ?? 0) + popularity(draft))
  return drafts.map((draft) => (kinds[draft.kind] * popularity(draft)) / ofKind.get(draft.kind)!)
}

/** Whether its characters occur in the words by which training knows its concept. */
function shared({ text, concepts }: Draft, vocabulary: Vocabulary): TrueQuery['shared_characters'] {
  const known = new Set(
    concepts.flatMap((each) => [each.name, ...vocabulary.knownKeywords(each), ...each.synonyms]).join(''),
  )
  const found = codePoints(text).filter((character) => known.has(character)).length
  return found === 0 ? 'none' : found === codePoints(text).length ? 'all' : 'some'
}
