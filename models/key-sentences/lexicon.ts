import { createRequire } from 'node:module'
import { Jieba } from '@node-rs/jieba'

/** A word of a text, in its place. */
export interface Term {
  readonly text: string
  /** How much it says: 0 for function words and punctuation; rare nouns say most. */
  readonly weight: number
}

/** Cuts Chinese text into words and weighs them. */
export interface Lexicon {
  terms(text: string): Term[]
}

/** What words the frequency table lacks are taken for: rarer than most that it has. */
const UNKNOWN_IDF = 11

/** By the first letters of a word's class: things and names are the core of a text, what is done qualifies it. */
const levels: readonly (readonly [prefix: string, level: number])[] = [
  ['n', 1],
  ['eng', 1],
  ['i', 1],
  ['j', 1],
  ['l', 1],
  ['s', 0.6],
  ['v', 0.6],
  ['a', 0.6],
  ['t', 0.3],
]

/** The dictionary takes about 200 ms and 100 MB: open it once and hand it on. */
export function openLexicon(): Lexicon {
  const require = createRequire(import.meta.url)
  const { dict, idf } = require('@node-rs/jieba/dict') as Record<'dict' | 'idf', Uint8Array>
  const jieba = Jieba.withDict(dict)
  const rarity = readIdf(Buffer.from(idf).toString('utf8'))
  const weigh = (word: string, wordClass: string): number => {
    if (!/[\p{L}\p{N}]/u.test(word)) return 0
    return levelOf(wordClass) * (rarity.get(word) ?? UNKNOWN_IDF)
  }
  return { terms: (text) => jieba.tag(text).map(({ word, tag }) => ({ text: word, weight: weigh(word, tag) })) }
}

const levelOf = (wordClass: string): number => levels.find(([prefix]) => wordClass.startsWith(prefix))?.[1] ?? 0

/** Lines of a word and its inverse document frequency. */
function readIdf(lines: string): Map<string, number> {
  const rarity = new Map<string, number>()
  for (const line of lines.split('\n')) {
    const space = line.lastIndexOf(' ')
    if (space > 0) rarity.set(line.slice(0, space), Number(line.slice(space + 1)))
  }
  return rarity
}
