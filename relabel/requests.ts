import type { Outcome, RequestClosed } from '../schemas/events.js'
import { within } from '../stores/clickhouse/time-range.js'
import type { Warehouse } from '../stores/clickhouse/warehouse.js'
import { outcomeColumns, printed } from './columns.js'
import { inRange } from './request-range.js'
import type { RunPart } from './tombstones.sql.js'

/** Reads the outcomes that a run wrote, request by request: labels need the whole request. */
export async function* readRequests(warehouse: Warehouse, run: RunPart): AsyncGenerator<RequestClosed> {
  let open: RequestClosed | null = null
  for await (const line of warehouse.stream(outcomesOfRunSql(run))) {
    const row = JSON.parse(line) as Outcome
    const next: RequestClosed = closedWith(row)
    if (open?.request_id === row.request_id && open.shown_at === row.shown_at) {
      open.outcomes.push(...next.outcomes)
      continue
    }
    if (open) yield open
    open = next
  }
  if (open) yield open
}

/** A table that merges has the newest version of each row, but may still have older ones, too. */
const outcomesOfRunSql = (run: RunPart): string => `
SELECT ${outcomeColumns.map((column) => printed(column, 'o')).join(', ')}
FROM relabelled_outcomes AS o FINAL
PREWHERE ${within('o.shown_at', run.shown)} AND ${inRange('o.request_id', run.requests)}
WHERE o.version = ${run.version} AND NOT o.deleted
ORDER BY o.shown_at, o.request_id, o.position, o.video_id
SETTINGS max_bytes_before_external_sort = 1000000000`

function closedWith(row: Outcome): RequestClosed {
  const { request_id, user_id, query, shown_at, device, variants, model_set, served_features_at, ...outcome } = row
  return {
    ...{ request_id, user_id, query, shown_at, device, variants, model_set, served_features_at },
    outcomes: [outcome],
  }
}
