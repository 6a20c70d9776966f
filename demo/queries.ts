import type { Domain } from '../schemas/events.js'
import { sqlString } from '../stores/clickhouse/sql-string.js'
import { within, type TimeRange } from '../stores/clickhouse/time-range.js'

/** What one variant of the experiment did: integers, from which the rates follow. */
export interface VariantCounts {
  variant: string
  searches: number
  searches_with_click: number
  impressions: number
  clicks: number
  long_clicks: number
  /** Clicked results whose duration is known: only of these can one say whether they were completed. */
  clicks_of_known_duration: number
  completes: number
}

export interface GradeCount {
  domain: Domain
  policy: string
  grade: number
  samples: number
}

/** Outcomes of one run per variant of an experiment. */
export const variantCountsSql = (experiment: string, shown: TimeRange): string => `
SELECT
  variants[${sqlString(experiment)}] AS variant,
  uniqExact(request_id) AS searches,
  uniqExactIf(request_id, clicked) AS searches_with_click,
  count() AS impressions,
  countIf(clicked) AS clicks,
  countIf(clicked AND long_view) AS long_clicks,
  countIf(clicked AND duration_ms > 0) AS clicks_of_known_duration,
  countIf(clicked AND complete) AS completes
FROM current_outcomes
WHERE ${within('shown_at', shown)} AND variant != ''
GROUP BY variant
ORDER BY variant`

/** Training samples of one run per domain, policy and grade. */
export const gradeCountsSql = (shown: TimeRange): string => `
SELECT domain, policy, grade, count() AS samples
FROM current_samples
WHERE ${within('shown_at', shown)}
GROUP BY domain, policy, grade
ORDER BY domain, policy, grade`
