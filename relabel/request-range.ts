import type { Warehouse } from '../stores/clickhouse/warehouse.js'
import { within, type TimeRange } from '../stores/clickhouse/time-range.js'

/** Whole requests whose hash lies in [first, last], both ends included: a range of the raw tables' sort key. */
export interface RequestRange {
  readonly first: bigint
  readonly last: bigint
}

/** One range of requests holds about this many listed videos, which bounds the memory of a recomputation. */
const LISTED_VIDEOS = 250_000

const HASHES = 2n ** 64n

/** The SQL condition that a request lies in the range. */
export const inRange = (requestId: string, { first, last }: RequestRange): string =>
  `(cityHash64(${requestId}) >= toUInt64('${first}') AND cityHash64(${requestId}) <= toUInt64('${last}'))`

/** Cuts all requests shown in a time range into ranges of about equal size; none when nothing was shown or streamed. */
export async function requestRanges(
  warehouse: Pick<Warehouse, 'rows'>,
  shown: TimeRange,
  listedVideos = LISTED_VIDEOS,
): Promise<RequestRange[]> {
  const [counted] = await warehouse.rows<{ requests: number; listed: number; outcomes: number }>(`
    SELECT
      count() AS requests, sum(length(results)) AS listed,
      (SELECT count() FROM outcomes WHERE ${within('shown_at', shown)}) AS outcomes
    FROM raw_impressions WHERE ${within('at', shown)}`)
  if (!counted || counted.requests + counted.outcomes === 0) return []
  const ranges = BigInt(Math.max(1, Math.ceil(Math.max(counted.listed, counted.outcomes) / listedVideos)))
  return Array.from({ length: Number(ranges) }, (_, index) => ({
    first: (HASHES * BigInt(index)) / ranges,
    last: (HASHES * BigInt(index + 1)) / ranges - 1n,
  }))
}
