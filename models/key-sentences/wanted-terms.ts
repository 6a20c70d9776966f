import type { Term } from './lexicon.js'

/** How much an extract should say each word, in [0, 1]; words that are not there are worth nothing. */
export type WantedTerms = ReadonlyMap<string, number>

/**
 * The words that a transcript's key sentences should hold: the title's by their weights, as far as the transcript
 * really speaks of them; for the rest the words that it comes back to. A title that is empty, or promises what nobody
 * speaks of, so loses its say by itself (the article, §2.5.2.1, names both as what misleads the title-based extract).
 *
 * @param sentences the terms of each sentence of the transcript
 */
export function wantedTerms(title: readonly Term[], sentences: readonly (readonly Term[])[]): WantedTerms {
  const spoken = sentenceCounts(sentences)
  const promised = new Map(title.filter(({ weight }) => weight > 0).map(({ text, weight }) => [text, weight]))
  const kept = [...promised].filter(([text]) => spoken.has(text))
  const trust = promised.size === 0 ? 0 : sumOf(kept) / sumOf([...promised])
  const theme = [...spoken].flatMap(([text, { count, weight }]) =>
    count > 1 ? [[text, weight * Math.log2(count)] as const] : [],
  )
  const wanted = new Map<string, number>()
  for (const [share, words] of [[trust, kept] as const, [1 - trust, theme] as const]) {
    const most = Math.max(...words.map(([, value]) => value))
    for (const [text, value] of words) wanted.set(text, (wanted.get(text) ?? 0) + (share * value) / most)
  }
  return wanted
}

const sumOf = (words: readonly (readonly [string, number])[]): number =>
  words.reduce((sum, [, value]) => sum + value, 0)

/** Word → in how many sentences it is, and its weight; words that say nothing are left out. */
function sentenceCounts(sentences: readonly (readonly Term[])[]): Map<string, { count: number; weight: number }> {
  const counts = new Map<string, { count: number; weight: number }>()
  for (const terms of sentences)
    for (const [text, weight] of new Map(terms.map((term) => [term.text, term.weight])))
      if (weight > 0) counts.set(text, { count: (counts.get(text)?.count ?? 0) + 1, weight })
  return counts
}
