import type { ViewThresholds } from '../schemas/policies/view-thresholds.js'
import { within, type TimeRange } from '../stores/clickhouse/time-range.js'
import { anyCounts, candidatesSql, firstOf, type LateRecords } from './candidates.sql.js'
import type { RequestRange } from './request-range.js'

/** What to recompute outcomes of, and by which rules. */
export interface Recomputation {
  /** Which requests: by the time at which they were shown … */
  readonly shown: TimeRange
  /** … and by their hash: the part of them that one statement holds in memory. */
  readonly requests: RequestRange
  readonly windowMs: number
  readonly thresholds: ViewThresholds
  /** Parity leaves late records and orphans out, to arrive at what was streamed; relabelling takes them in. */
  readonly late: LateRecords
}

/** The end of a statement around {@link outcomesSql}: memory stays bounded, and what finds no match is 0, not null. */
export const recomputeSettings =
  'SETTINGS max_bytes_before_external_group_by = 1000000000, max_bytes_before_external_sort = 1000000000, join_use_nulls = 0'

/**
 * The SELECT that computes outcomes from the raw tables by the design's "Requests" and "Outcome", one row per shown
 * (request, video), with the columns of table `outcomes`. Rows that were delivered twice change nothing.
 */
export const outcomesSql = (work: Recomputation): string => `
SELECT
  request_id, video_id, user_id, query, position, shown_at, variants,
  (clicks > 0)::Bool AS clicked,
  if(clicks > 0, first_click_at, NULL) AS first_click_at,
  toInt64(clicks) AS clicks,
  watched_ms, duration_ms,
  if(duration_ms IS NULL, NULL, least(1., watched_ms / assumeNotNull(duration_ms))) AS completion,
  ${flags(work.thresholds)},
  autoplay, device, model_set, served_features_at
FROM (
  SELECT
    ${listedColumns.map((column) => `listed.${column} AS ${column}`).join(', ')},
    clicked.clicks AS clicks, clicked.first_click_at AS first_click_at,
    watched.watched_ms AS watched_ms, watched.autoplay AS autoplay,
    multiIf(listed.shown_duration_ms > 0, listed.shown_duration_ms,
            watched.watch_duration_ms > 0, watched.watch_duration_ms, NULL) AS duration_ms
  FROM (${listedSql(work)}) AS listed
  LEFT JOIN (${clickedSql(work)}) AS clicked
    ON clicked.request_id = listed.request_id AND clicked.video_id = listed.video_id
  LEFT JOIN (${watchedSql(work)}) AS watched
    ON watched.request_id = listed.request_id AND watched.video_id = listed.video_id
)`

const listedColumns = [
  ...['request_id', 'video_id', 'user_id', 'query', 'position', 'shown_at'],
  ...['variants', 'device', 'model_set', 'served_features_at'],
]

/** Whole seconds decide valid plays and long views, milliseconds the other two; without a watch none holds. */
function flags({ valid_play_s, long_view_s, short_play_ms }: ViewThresholds): string {
  const watchedS = 'intDiv(watched_ms, 1000)'
  const durationS = 'intDiv(assumeNotNull(duration_ms), 1000)'
  const whole = (upToS: number) => `duration_ms IS NOT NULL AND ${durationS} <= ${upToS}, ${watchedS} >= ${durationS}`
  return `
  (watched_ms > 0 AND if(${whole(valid_play_s)}, ${watchedS} > ${valid_play_s}))::Bool AS valid_play,
  (watched_ms > 0 AND if(${whole(long_view_s)}, ${watchedS} >= ${long_view_s}))::Bool AS long_view,
  (watched_ms > 0 AND watched_ms < least(${short_play_ms}, ifNull(duration_ms, ${short_play_ms})))::Bool AS short_play,
  (watched_ms > 0 AND duration_ms IS NOT NULL AND watched_ms >= assumeNotNull(duration_ms))::Bool AS complete`
}

/** The impression records to choose from: those of each request that has one in the range of time, maybe not its first. */
const impressionsSql = ({ shown, requests, late }: Recomputation): string => {
  const candidates = candidatesSql('raw_impressions', requests, late)
  if (shown.from === null && shown.to === null) return candidates
  return `SELECT * FROM (${candidates})
      WHERE request_id IN (SELECT request_id FROM (${candidates}) WHERE ${within('at', shown)})`
}

/** The first impression record of a request counts; it must be in the range of time. */
const requestsSql = (work: Recomputation, columns = ''): string => `
    SELECT request_id, ${firstOf('at')} AS shown_at${columns}
    FROM (${impressionsSql(work)})
    GROUP BY request_id
    HAVING ${anyCounts} AND ${within('shown_at', work.shown)}`

/** Of a video listed twice the first in list order counts. Nullable columns go through tuples: argMin skips nulls. */
const listedSql = (work: Recomputation): string => `
  SELECT
    * EXCEPT (results, result, nth),
    result.video_id AS video_id, result.position AS position, result.duration_ms AS shown_duration_ms
  FROM (${requestsSql(
    work,
    `,
      ${firstOf('user_id')} AS user_id, ${firstOf('query')} AS query, ${firstOf('device')} AS device,
      ${firstOf('variants')} AS variants, ${firstOf('results')} AS results,
      ${firstOf('tuple(model_set)')}.1 AS model_set,
      ${firstOf('tuple(served_features_at)')}.1 AS served_features_at`,
  )})
  ARRAY JOIN results AS result, arrayEnumerateUniq(results.video_id) AS nth
  WHERE nth = 1`

/** Clicks at one time are one click. */
const clickedSql = (work: Recomputation): string => `
  SELECT request_id, video_id, count() AS clicks, min(at) AS first_click_at
  FROM (
    SELECT request_id, video_id, at
    FROM (${inWindowSql(work, 'raw_clicks')})
    GROUP BY request_id, video_id, at
    HAVING ${anyCounts}
  )
  GROUP BY request_id, video_id`

/** Of equal watches one counts; of the cumulative times of a play the largest; plays add up. */
const watchedSql = (work: Recomputation): string => `
  SELECT
    request_id, video_id, sum(longest_ms) AS watched_ms, max(autoplay)::Bool AS autoplay,
    max(duration_ms) AS watch_duration_ms
  FROM (
    SELECT
      request_id, video_id, play_id, max(watched_ms) AS longest_ms, max(counted.1) AS autoplay,
      max(counted.2) AS duration_ms
    FROM (
      SELECT
        request_id, video_id, play_id, at, watched_ms,
        ${firstOf('(autoplay, ifNull(duration_ms, 0))')} AS counted
      FROM (${inWindowSql(work, 'raw_watches')})
      GROUP BY request_id, video_id, play_id, at, watched_ms
      HAVING ${anyCounts}
    )
    GROUP BY request_id, video_id, play_id
  )
  GROUP BY request_id, video_id`

/** Events count when their own time is before the end of their request's window, whenever they came. */
const inWindowSql = (work: Recomputation, table: 'raw_clicks' | 'raw_watches'): string => `
    SELECT event.*
    FROM (${candidatesSql(table, work.requests, work.late)}) AS event
    INNER JOIN (${requestsSql(work)}) AS request ON request.request_id = event.request_id
    WHERE toUnixTimestamp64Milli(event.at) < toUnixTimestamp64Milli(request.shown_at) + ${work.windowMs}`
