import { sqlString } from '../stores/clickhouse/sql-string.js'
import { within } from '../stores/clickhouse/time-range.js'
import type { Chunk } from './chunks.js'
import { fields, type Field } from './fields.js'
import type { ExportParameters } from './parameters.js'
import { splitSql, type SplitName } from './split.js'

const engineTypes = { string: 'String', int64: 'Int64', float64: 'Float64' } as const

/** shown_at is stored as a time and exported as epoch ms; every other column as it is. */
const columnSql = ({ field, type, nullable }: Field): string => {
  const value = field === 'shown_at' ? 'toUnixTimestamp64Milli(s.shown_at)' : `s.${field}`
  return `CAST(${value} AS ${nullable ? `Nullable(${engineTypes[type]})` : engineTypes[type]}) AS ${field}`
}

/**
 * The samples of a chunk as relabelling left them. Features that were available when a request was served will be
 * joined to them here: all queries of an export go through this one.
 */
const fromSql = ({ domains, policies }: ExportParameters, chunk: Chunk): string => `
  FROM current_samples AS s
  WHERE ${within('s.shown_at', chunk)}
    AND s.domain IN (${domains.map(sqlString).join(', ')})
    AND s.policy IN (${policies.map(sqlString).join(', ')})`

/** The engine's hash of anything and null is null. */
const hashedSql = ({ field, type, nullable }: Field): string[] =>
  nullable ? [`isNull(s.${field})`, `ifNull(s.${field}, ${type === 'string' ? "''" : '0'})`] : [`s.${field}`]

/** How many samples each minute of the range has, in order. */
export const minutesSql = (parameters: ExportParameters): string => `
  SELECT intDiv(toUnixTimestamp64Milli(s.shown_at), 60000) * 60000 AS minute, count() AS n
  ${fromSql(parameters, parameters)}
  GROUP BY minute ORDER BY minute`

/** The samples of one split of a chunk, in an order that is always the same. */
export const samplesSql = (parameters: ExportParameters, chunk: Chunk, split: SplitName): string => `
  SELECT ${fields.map(columnSql).join(', ')}
  ${fromSql(parameters, chunk)}
    AND ${splitSql('s.query', parameters.split)} = ${sqlString(split)}
  ORDER BY s.shown_at, s.request_id, s.position, s.video_id, s.domain, s.policy`

/** How many samples of each kind a chunk has, with a fingerprint that changes when any value of theirs does. */
export const countsSql = (parameters: ExportParameters, chunk: Chunk): string => `
  SELECT
    ${splitSql('s.query', parameters.split)} AS split, toString(s.domain) AS domain, toString(s.policy) AS policy,
    CAST(s.calibration AS Nullable(String)) AS calibration, toInt64(s.grade) AS grade, count() AS n,
    toString(sum(sipHash64(${fields.flatMap(hashedSql).join(', ')}))) AS fingerprint
  ${fromSql(parameters, chunk)}
  GROUP BY split, domain, policy, calibration, grade
  ORDER BY split, domain, policy, calibration, grade`
