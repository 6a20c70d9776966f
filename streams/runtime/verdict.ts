/** What became of an input record; everything but 'used' is unused, and each record is counted once. */
export const verdicts = ['used', 'duplicate', 'late', 'orphan', 'dead'] as const
export type Verdict = (typeof verdicts)[number]
