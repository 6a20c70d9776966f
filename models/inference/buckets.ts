/** The largest power of two that is not above `count` (at least 1): the sizes that batches have. */
export const largestBucket = (count: number): number => 2 ** Math.floor(Math.log2(Math.max(1, count)))

/**
 * The length to which token ids of `tokens` are padded: the next multiple of 8, at most `limit`. Attention masks the
 * padding out, so that it changes nothing but the number of shapes that a model sees.
 */
export const tokenBucket = (tokens: number, limit: number): number =>
  Math.max(tokens, Math.min(limit, Math.ceil(tokens / 8) * 8))
