import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers'
import { FatalError, messageOf } from '../../errors/errors.js'
import { cutText } from '../text-budgets.js'

interface Reader {
  encode(text: string): { readonly ids: readonly number[] }
}
/** Declared again: the package's own types do not resolve in an ES module (they import without extensions). */
const TokenizerReader = HuggingFaceTokenizer as unknown as new (json: object, config: object) => Reader

/** Text → token ids, as training reads it (models/training/tokenizer.py). */
export interface Tokenizer {
  /**
   * Token ids, the one of the beginning first, at most `maxTokens`. A text that holds nothing to read has that one only.
   */
  encode(text: string, maxTokens: number): BigInt64Array
}

/**
 * White space and control characters make no tokens, so a text may be longer than its tokens; one of more than this
 * many characters a token is cut before it is read, so that no text takes long.
 */
const CHARACTERS_PER_TOKEN = 100

/**
 * Reads a tokenizer.json: one token a character, lower case, white space and control characters dropped.
 *
 * Equal to the Python library on every code point but 20 format characters of recent Unicode versions (U+0890, U+0891,
 * U+08E2, U+110CD, U+13430–U+1343F), which Node drops and training sees as unknown characters.
 *
 * @param where named in errors
 * @throws FatalError MODEL_SET_INVALID
 */
export function readTokenizer(json: string, where: string): Tokenizer {
  const tokenizer = load(json, where)
  return {
    encode: (text, maxTokens) => {
      const { ids } = tokenizer.encode(plain(cutText(text, maxTokens * CHARACTERS_PER_TOKEN)))
      return BigInt64Array.from(ids.slice(0, maxTokens), BigInt)
    },
  }
}

function load(json: string, where: string): Reader {
  try {
    return new TokenizerReader(JSON.parse(json) as object, {})
  } catch (error) {
    throw new FatalError('MODEL_SET_INVALID', `${where} is no tokenizer: ${messageOf(error)}`, { cause: error })
  }
}

/** Character by character, since a whole word's lower case ends in ς where training has σ; halves of a pair go. */
const plain = (text: string): string =>
  Array.from(text.replace(/\p{Surrogate}/gu, ''), (character) => character.toLowerCase()).join('')
