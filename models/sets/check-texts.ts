import { FatalError } from '../../errors/errors.js'
import type { Model } from '../inference/model.js'
import type { Tokenizer } from '../text/tokenizer.js'
import { checkAgreement } from './agreement.js'
import { decodeTensor, type Golden } from './golden.js'
import type { Manifest } from './manifest.js'

/**
 * @returns how many texts there are
 * @throws FatalError MODEL_SET_MISMATCH for the first one that has other tokens than recorded
 */
export function checkTexts(golden: Golden, tokenizer: Tokenizer, { tokenizer: { max_tokens } }: Manifest): number {
  for (const { text, kind, ids } of golden.texts) {
    const found = [...tokenizer.encode(text, max_tokens[kind])].join()
    if (found !== ids.join())
      throw new FatalError(
        'MODEL_SET_MISMATCH',
        `the tokenizer reads "${text}" (${kind}) as ${found}, and ${ids.join()} is recorded`,
      )
  }
  return golden.texts.length
}

/**
 * Golden queries, from text to vector.
 *
 * @returns what was found, in words
 * @throws FatalError MODEL_SET_MISMATCH
 */
export async function checkQueries(
  golden: Golden,
  { manifest, tokenizer, models }: { manifest: Manifest; tokenizer: Tokenizer; models: { query: Model } },
): Promise<string> {
  const differences = await Promise.all(
    golden.vectors.queries.map(async ({ text, vector }) => {
      const { vector: data } = await models.query.answerWhenFree({
        ids: tokenizer.encode(text, manifest.tokenizer.max_tokens.query),
      })
      const what = `the query "${text}"`
      const recorded = decodeTensor(vector, what)
      const found = { type: 'float32', shape: [data!.length], data: data! } as const
      const { tolerance } = manifest.golden
      return checkAgreement({ vector: recorded }, { vector: found }, { what, tolerance, device: models.query.device })
    }),
  )
  return `${differences.length} golden texts have the recorded vectors; differs by ${Math.max(0, ...differences).toPrecision(2)} at most`
}
