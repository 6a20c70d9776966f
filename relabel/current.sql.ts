import { sqlString } from '../stores/clickhouse/sql-string.js'
import { within, type TimeRange } from '../stores/clickhouse/time-range.js'
import { outcomeColumns, printed, sampleColumns } from './columns.js'

/** Which rows to print, and whether as relabelled (where they are) or as the stream judged them. */
export interface RowFilter {
  readonly shown: TimeRange
  readonly request?: string
  readonly streamed?: boolean
}

/** Sorting what does not fit into memory goes through the disk; text stays as it is. */
const settings = `SETTINGS
  max_bytes_before_external_sort = 500000000, output_format_json_escape_forward_slashes = 0,
  output_format_json_quote_64bit_integers = 0`

/** Outcomes as they are printed, in the order of time, request and position. */
export const printedOutcomesSql = (filter: RowFilter): string => {
  const key = '(shown_at, request_id, video_id)'
  return `
SELECT ${outcomeColumns.map((column) => printed(column, 'o')).join(', ')}
FROM (${currentSql({ table: 'outcomes', columns: outcomeColumns, key, exists: 'NOT deleted', where: whereOf(filter) }, filter)}) AS o
ORDER BY o.shown_at, o.request_id, o.position, o.video_id
${settings}`
}

export interface SampleFilter extends RowFilter {
  readonly domains?: readonly string[]
  readonly policies?: readonly string[]
}

/** Samples as they are printed, in the order of time, request, position, domain and policy. */
export const printedSamplesSql = (filter: SampleFilter): string => {
  const where = [
    whereOf(filter),
    ...(filter.domains ? [`domain IN (${filter.domains.map(sqlString).join(', ')})`] : []),
    ...(filter.policies ? [`policy IN (${filter.policies.map(sqlString).join(', ')})`] : []),
  ].join(' AND ')
  const key = '(shown_at, request_id, video_id, domain, policy)'
  const columns = sampleColumns.map((column) =>
    // A tombstone has no grade; what is printed has one.
    column === 'grade' ? 'assumeNotNull(s.grade) AS grade' : printed(column, 's'),
  )
  return `
SELECT ${columns.join(', ')}
FROM (${currentSql({ table: 'samples', columns: sampleColumns, key, exists: 'grade IS NOT NULL', where }, filter)}) AS s
ORDER BY s.shown_at, s.request_id, s.position, s.video_id, s.domain, s.policy
${settings}`
}

interface Relabelled {
  readonly table: 'outcomes' | 'samples'
  readonly columns: readonly string[]
  readonly key: string
  /** What tells a relabelled row from a tombstone. */
  readonly exists: string
  readonly where: string
}

/** As the views current_outcomes and current_samples, but looking for relabelled rows in the range of time only. */
function currentSql({ table, columns, key, exists, where }: Relabelled, { streamed = false }: RowFilter): string {
  const list = columns.join(', ')
  const asStreamed = `SELECT ${list} FROM ${table} FINAL WHERE ${where}`
  if (streamed) return asStreamed
  return `
  ${asStreamed} AND ${key} NOT IN (SELECT ${key.slice(1, -1)} FROM relabelled_${table} WHERE ${where})
  UNION ALL
  SELECT ${list} FROM relabelled_${table} FINAL WHERE ${where} AND ${exists}`
}

const whereOf = ({ shown, request }: RowFilter): string =>
  [within('shown_at', shown), ...(request === undefined ? [] : [`request_id = ${sqlString(request)}`])].join(' AND ')

export interface TileFilter {
  /** By the start of the tile. */
  readonly tiles: TimeRange
  readonly videos?: readonly string[]
  /** Only tiles of this query, byte for byte; null: only those over all queries. */
  readonly query?: string | null
}

/** Engagement tiles as they are printed, in the order of time, video and query; over all queries comes first. */
export const printedTilesSql = ({ tiles, videos, query }: TileFilter): string => {
  const where = [
    within('t.tile', tiles),
    ...(videos ? [`t.video_id IN (${videos.map(sqlString).join(', ')})`] : []),
    ...(query === undefined
      ? []
      : query === null
        ? ['t.all_queries']
        : [`NOT t.all_queries AND t.query = ${sqlString(query)}`]),
  ].join(' AND ')
  return `
SELECT
  t.video_id AS video_id, if(t.all_queries, NULL, t.query) AS query, ${printed('tile', 't')},
  t.impressions AS impressions, t.clicks AS clicks, t.watched_ms AS watched_ms,
  t.long_clicks AS long_clicks, t.completes AS completes
FROM engagement_tiles AS t FINAL
WHERE ${where}
ORDER BY t.tile, t.video_id, t.all_queries DESC, t.query
${settings}`
}
