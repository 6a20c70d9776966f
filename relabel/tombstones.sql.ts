import { sqlString } from '../stores/clickhouse/sql-string.js'
import { within, type TimeRange } from '../stores/clickhouse/time-range.js'
import { inRange, type RequestRange } from './request-range.js'

/** What a run has made anew. */
export interface RunPart {
  readonly shown: TimeRange
  readonly requests: RequestRange
  readonly version: number
}

const inPart = ({ shown, requests }: RunPart): string =>
  `${within('shown_at', shown)} AND ${inRange('request_id', requests)}`

/** Of a request whose raw events are gone there is nothing to make anew: what was streamed stays. */
const hasRawEvents = ({ requests }: RunPart): string =>
  `request_id IN (SELECT request_id FROM raw_impressions WHERE ${inRange('request_id', requests)})`

/** Hides outcomes, streamed or of an earlier run, that this run did not find. */
export function outcomeTombstonesSql(part: RunPart): string {
  const key = 'shown_at, request_id, video_id'
  return `
INSERT INTO relabelled_outcomes (${key}, deleted, version)
SELECT DISTINCT ${key}, true, ${part.version}
FROM (
  SELECT ${key} FROM outcomes WHERE ${inPart(part)}
  UNION ALL
  SELECT ${key} FROM relabelled_outcomes WHERE ${inPart(part)} AND version < ${part.version} AND NOT deleted
)
WHERE ${hasRawEvents(part)} AND (${key}) NOT IN (SELECT ${key} FROM relabelled_outcomes WHERE ${inPart(part)} AND version = ${part.version})`
}

/** Hides samples of these policies, streamed or of an earlier run, whose row has no grade any more. */
export function sampleTombstonesSql(part: RunPart, policies: readonly string[]): string {
  const key = 'shown_at, request_id, video_id, domain, policy'
  const before = `${inPart(part)} AND policy IN (${policies.map(sqlString).join(', ')})`
  return `
INSERT INTO relabelled_samples (${key}, grade, reason, version)
SELECT DISTINCT ${key}, NULL, 'ungraded', ${part.version}
FROM (
  SELECT ${key} FROM samples WHERE ${before}
  UNION ALL
  SELECT ${key} FROM relabelled_samples WHERE ${before} AND version < ${part.version} AND grade IS NOT NULL
)
WHERE ${hasRawEvents(part)} AND (${key}) NOT IN (SELECT ${key} FROM relabelled_samples WHERE ${inPart(part)} AND version = ${part.version})`
}
