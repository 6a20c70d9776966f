import type { ModelSet } from '../sets/open-set.js'
import type { TextKind } from '../text-budgets.js'
import { cutText, SPECIAL_TOKENS } from '../text-budgets.js'

/** Characters (code points) of a kind of text that surely fit what the set reads of it. */
export const charactersOf = ({ manifest }: ModelSet, kind: TextKind): number =>
  Math.max(0, manifest.tokenizer.max_tokens[kind] - SPECIAL_TOKENS)

/**
 * Vector [dim] of a query, by the small tower that serves online; null when it holds nothing to read (white space,
 * control characters), so that there is nothing to search by.
 *
 * @throws TransientError MODEL_QUEUE_FULL: queries do not wait behind a full queue; what `Model.answer` throws besides
 */
export async function encodeQuery(set: ModelSet, text: string): Promise<Float32Array | null> {
  const ids = idsOf(set, 'query', text)
  return ids === null ? null : (await set.models.query.answer({ ids })).vector!
}

/** Vector [dim] of a text of a video, cut as training cut it; null when it holds nothing to read. Throws as `Model.answerWhenFree`. */
export async function encodeText(
  set: ModelSet,
  kind: Exclude<TextKind, 'query'>,
  text: string,
): Promise<Float32Array | null> {
  const ids = idsOf(set, kind, cutText(text, charactersOf(set, kind)))
  return ids === null ? null : (await set.models.document.answerWhenFree({ ids })).vector!
}

/** A text without a token but that of the beginning counts as missing, as in training. */
function idsOf({ tokenizer, manifest }: ModelSet, kind: TextKind, text: string): BigInt64Array | null {
  const ids = tokenizer.encode(text, manifest.tokenizer.max_tokens[kind])
  return ids.length > 1 ? ids : null
}
