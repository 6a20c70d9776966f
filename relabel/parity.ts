import { isDeepStrictEqual } from 'node:util'
import type { Outcome } from '../schemas/events.js'
import type { ViewThresholds } from '../schemas/policies/view-thresholds.js'
import { within, type TimeRange } from '../stores/clickhouse/time-range.js'
import type { Warehouse } from '../stores/clickhouse/warehouse.js'
import { outcomeColumns, printed } from './columns.js'
import { outcomesSql, recomputeSettings } from './outcomes.sql.js'
import { inRange, requestRanges, type RequestRange } from './request-range.js'

export interface ParityOptions {
  readonly shown: TimeRange
  readonly windowMs: number
  readonly thresholds: ViewThresholds
  /** How many shown videos one statement takes, about; bounds its memory. */
  readonly listedVideos?: number
  /** Told after each part: how many outcomes were compared so far, and how far along all of it is (0 to 1). */
  readonly onProgress?: (compared: number, done: number) => void
}

/** A (request, video) whose streamed and recomputed outcomes are not the same; null where there is none. */
export interface Difference {
  readonly request_id: string
  readonly video_id: string
  readonly shown_at: number
  readonly streamed: Outcome | null
  readonly recomputed: Outcome | null
  /** Columns with different values; empty where one side has no row. */
  readonly columns: readonly (keyof Outcome)[]
}

/**
 * Compares the outcomes that were streamed with those recomputed by SQL from the raw tables, row by row and exactly,
 * and yields what differs; returns how many outcomes there were to compare. Records that the join called late or
 * orphans are left out; nothing else that it said is believed.
 *
 * A request whose window is still open, or whose records have not reached all tables, differs: choose the range so.
 */
export async function* parity(warehouse: Warehouse, options: ParityOptions): AsyncGenerator<Difference, number> {
  const ranges = await requestRanges(warehouse, options.shown, options.listedVideos)
  let compared = 0
  for (const [index, range] of ranges.entries()) {
    compared += await countStreamed(warehouse, options.shown, range)
    for await (const line of warehouse.stream(differencesSql(options, range))) {
      const found = differenceOf(JSON.parse(line) as Pair)
      if (found.streamed === null) compared += 1
      yield found
    }
    options.onProgress?.(compared, (index + 1) / ranges.length)
  }
  return compared
}

async function countStreamed(warehouse: Warehouse, shown: TimeRange, requests: RequestRange): Promise<number> {
  const [counted] = await warehouse.rows<{ outcomes: number }>(
    `SELECT count() AS outcomes FROM ${streamedSql(shown, requests)}`,
  )
  return counted?.outcomes ?? 0
}

/** What is in the key of a table can be asked before rows are merged and all their columns are read: PREWHERE. */
const streamedSql = (shown: TimeRange, requests: RequestRange): string =>
  `outcomes FINAL PREWHERE ${within('shown_at', shown)} AND ${inRange('request_id', requests)}`

/** Both versions of a row as JSON, '' where there is none. */
interface Pair {
  readonly streamed: string
  readonly recomputed: string
}

/**
 * Rows are compared as the JSON that is printed: every value exactly (a double is printed in the shortest form that
 * reads back the same), nulls alike, and maps whatever their order.
 */
function differencesSql({ shown, windowMs, thresholds }: ParityOptions, requests: RequestRange): string {
  const streamed = `SELECT * FROM ${streamedSql(shown, requests)}`
  const recomputed = outcomesSql({ shown, requests, windowMs, thresholds, late: 'leave-out' })
  const columns = outcomeColumns.map((column) =>
    column === 'variants' ? 'mapSort(o.variants) AS variants' : printed(column, 'o'),
  )
  const side = (name: string, rows: string) => `
    SELECT
      shown_at, request_id, video_id,
      formatRowNoNewline('JSONEachRow', ${outcomeColumns.join(', ')}) AS ${name}
    FROM (SELECT ${columns.join(', ')} FROM (${rows}) AS o)`
  return `
SELECT streamed, recomputed
FROM (${side('streamed', streamed)}) AS s
FULL JOIN (${side('recomputed', recomputed)}) AS r
  ON s.shown_at = r.shown_at AND s.request_id = r.request_id AND s.video_id = r.video_id
WHERE streamed != recomputed
ORDER BY streamed, recomputed
${recomputeSettings}`
}

function differenceOf(pair: Pair): Difference {
  const [streamed, recomputed] = [rowOf(pair.streamed), rowOf(pair.recomputed)]
  const { request_id, video_id, shown_at } = (streamed ?? recomputed)!
  const columns =
    streamed && recomputed
      ? outcomeColumns.filter((column) => !isDeepStrictEqual(streamed[column], recomputed[column]))
      : []
  return { request_id, video_id, shown_at, streamed, recomputed, columns }
}

const rowOf = (json: string): Outcome | null => (json === '' ? null : (JSON.parse(json) as Outcome))
