import { codePoints } from './code-points.js'
import { textModalities } from './modalities.js'

/** What text towers read. */
export const textKinds = ['query', ...textModalities] as const
export type TextKind = (typeof textKinds)[number]

/**
 * The longest text of each kind that a text tower reads, in tokens: the one place where these limits stand. A tokenizer
 * of this project makes one token of a character, so they are close to characters, and texts are cut by them before
 * training and before serving alike. A model set states in its manifest what it was trained with.
 */
export const textBudgets = {
  query: 24,
  title: 32,
  account: 16,
  cover_text: 24,
  frame_text: 48,
  asr: 96,
} as const satisfies Record<TextKind, number>

/** Tokens that a tokenizer adds to a text by itself: the one at the beginning, and one to spare. */
export const SPECIAL_TOKENS = 2

/** Characters (code points) of a kind of text that surely fit its budget. */
export const charactersOf = (kind: TextKind): number => textBudgets[kind] - SPECIAL_TOKENS

/** The first `characters` code points of a text; never half a surrogate pair. */
export function cutText(text: string, characters: number): string {
  // A code point has at most two units, so what lies beyond cannot be part of the answer.
  return codePoints(text.slice(0, 2 * characters))
    .slice(0, characters)
    .join('')
}
