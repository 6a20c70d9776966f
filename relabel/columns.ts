/** The columns of an outcome, in the order in which rows are printed. */
export const outcomeColumns = [
  'request_id',
  'video_id',
  'user_id',
  'query',
  'position',
  'shown_at',
  'variants',
  'clicked',
  'first_click_at',
  'clicks',
  'watched_ms',
  'duration_ms',
  'completion',
  'valid_play',
  'long_view',
  'short_play',
  'complete',
  'autoplay',
  'device',
  'model_set',
  'served_features_at',
] as const

/** The columns of a sample, in the order in which rows are printed. */
export const sampleColumns = [
  'request_id',
  'video_id',
  'user_id',
  'query',
  'position',
  'shown_at',
  'domain',
  'grade',
  'reason',
  'weight',
  'quantile',
  'policy',
  'calibration',
] as const

const times: ReadonlySet<string> = new Set(['shown_at', 'first_click_at', 'served_features_at', 'tile'])

/** A column of table or subquery `from` as it is printed, under its own name: times are epoch milliseconds. */
export const printed = (column: string, from: string): string =>
  times.has(column) ? `toUnixTimestamp64Milli(${from}.${column}) AS ${column}` : `${from}.${column} AS ${column}`
