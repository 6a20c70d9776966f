/** A half-open range of event time [from, to) in epoch milliseconds; null leaves that end open. */
export interface TimeRange {
  readonly from: number | null
  readonly to: number | null
}

/** All of time. */
export const always: TimeRange = { from: null, to: null }

/** An instant as SQL: a bare number would be compared with a DateTime64 as seconds. */
export const sqlTime = (epochMs: number): string => `fromUnixTimestamp64Milli(toInt64(${epochMs}), 'UTC')`

/** The SQL condition that a DateTime64(3) column lies in the range. */
export function within(column: string, { from, to }: TimeRange): string {
  const bounds = []
  if (from !== null) bounds.push(`${column} >= ${sqlTime(from)}`)
  if (to !== null) bounds.push(`${column} < ${sqlTime(to)}`)
  return bounds.length > 0 ? `(${bounds.join(' AND ')})` : 'true'
}
