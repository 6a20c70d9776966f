import { cosine } from '../match.js'
import { modalityNames } from '../modalities.js'
import type { EmbeddedVideo } from './embed-videos.js'

/** Ways to score a video for a query, in the order of a report. */
export const scorers = [...modalityNames, 'characters', 'mean', 'perception', 'content'] as const
export type Scorer = (typeof scorers)[number]

/** The scores of one pair; null where a scorer has nothing to go by. */
export type PairScores = Readonly<Record<Scorer, number | null>>

/** @param query its text and its vector [dim], null when there is nothing to read in it */
export function scorePair(
  query: { readonly text: string; readonly vector: Float32Array | null },
  { title, vectors }: EmbeddedVideo,
): PairScores {
  const score = (vector: Float32Array | null): number | null =>
    vector === null || query.vector === null ? null : cosine(query.vector, vector)
  const cosines = modalityNames.map((name) => [name, score(vectors.modalities[name])] as const)
  const known = cosines.flatMap(([, value]) => value ?? [])
  return {
    ...(Object.fromEntries(cosines) as Record<(typeof modalityNames)[number], number | null>),
    characters: title === null ? null : sharedCharacters(query.text, title),
    mean: known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length,
    perception: score(vectors.perception),
    content: score(vectors.content),
  }
}

/** The share of a query's different characters that a title holds: what matching by text alone gives, in [0, 1]. */
export function sharedCharacters(query: string, title: string): number {
  const asked = new Set(query.toLowerCase())
  asked.delete(' ')
  const shown = new Set(title.toLowerCase())
  return [...asked].filter((character) => shown.has(character)).length / Math.max(1, asked.size)
}
