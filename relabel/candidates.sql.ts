import { inRange, type RequestRange } from './request-range.js'

/** Whether records that the join published as late or as orphans are left out, or taken in. */
export type LateRecords = 'leave-out' | 'take-in'

const sources = {
  raw_impressions: 'search.impressions',
  raw_clicks: 'search.clicks',
  raw_watches: 'video.watches',
} as const

/**
 * The records of a raw table that may count, with a column `verdict`: 0 used, 1 called a duplicate of another one,
 * 2 called late or an orphan. Who takes late records in forgets what the join said: all are 0. Dead ones are left out.
 */
export function candidatesSql(table: keyof typeof sources, requests: RequestRange, late: LateRecords): string {
  const here = inRange('request_id', requests)
  const position = '(source_partition, source_offset)'
  const called = (...reasons: string[]): string => `${position} IN (
        SELECT partition, offset FROM unused_records
        WHERE topic = '${sources[table]}' AND reason IN (${reasons.map((reason) => `'${reason}'`).join(', ')})
          AND (partition, offset) IN (SELECT source_partition, source_offset FROM ${table} WHERE ${here}))`
  const verdict = late === 'take-in' ? '0' : `multiIf(${called('late', 'orphan')}, 2, ${called('duplicate')}, 1, 0)`
  return `SELECT *, ${verdict} AS verdict FROM ${table} WHERE ${here} AND NOT ${called('dead')}`
}

/** Of equal records the one that was used, else the first by offset: an expression of the record that counts. */
export const firstOf = (expression: string): string =>
  `argMin(${expression}, (verdict, source_offset, source_partition))`

/**
 * Whether any of equal records counts. A duplicate stands for what it copies: if that was late, or an orphan, so is
 * the copy.
 */
export const anyCounts = '(min(verdict) = 0 OR max(verdict) < 2)'
