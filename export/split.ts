import { createHash } from 'node:crypto'

export const splitNames = ['train', 'validation', 'test'] as const
export type SplitName = (typeof splitNames)[number]

/** The share of the queries that each split gets; together 1. */
export type SplitShares = Readonly<Record<SplitName, number>>

/** How a query finds its split, for the manifest: whoever reads a training set can put new queries on the same side. */
export const splitRule =
  'h = the first 4 bytes of SHA-256(query in UTF-8), big-endian; u = h / 2^32; train if u < train, ' +
  'validation if u < train + validation, else test (shares are rounded to multiples of 2^-32)'

/** Hashes below the first belong to train, below the second to validation, the rest to test. */
const bounds = ({ train, validation }: SplitShares): [number, number] => [
  Math.round(train * 2 ** 32),
  Math.round((train + validation) * 2 ** 32),
]

/** The split of a query: always the same one, so that no query is both learnt from and tested on. */
export function splitOf(query: string, shares: SplitShares): SplitName {
  const hash = createHash('sha256').update(query, 'utf8').digest().readUInt32BE(0)
  const [train, validation] = bounds(shares)
  if (hash < train) return 'train'
  return hash < validation ? 'validation' : 'test'
}

/** The same as splitOf, as SQL over a column. */
export function splitSql(query: string, shares: SplitShares): string {
  const [train, validation] = bounds(shares)
  const hash = `reinterpretAsUInt32(reverse(substring(SHA256(${query}), 1, 4)))`
  return `multiIf(${hash} < ${train}, 'train', ${hash} < ${validation}, 'validation', 'test')`
}
