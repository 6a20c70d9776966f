import type { CalibrationPublished, RequestClosed, TrainingSample } from '../schemas/events.js'
import type { ViewThresholds } from '../schemas/policies/view-thresholds.js'
import type { TimeRange } from '../stores/clickhouse/time-range.js'
import type { Warehouse } from '../stores/clickhouse/warehouse.js'
import type { LabelPolicy } from '../streams/behavior/label-policy.js'
import { labelRequest } from '../streams/behavior/label-samples.js'
import { outcomeColumns } from './columns.js'
import { outcomesSql, recomputeSettings } from './outcomes.sql.js'
import { requestRanges } from './request-range.js'
import { readRequests } from './requests.js'
import { outcomeTombstonesSql, sampleTombstonesSql, type RunPart } from './tombstones.sql.js'

export interface RelabelOptions {
  /** The requests shown in this range; choose it so that their windows have closed and their records are stored. */
  readonly shown: TimeRange
  readonly windowMs: number
  readonly thresholds: ViewThresholds
  /** Only the samples of these policies are made anew. */
  readonly policies: readonly LabelPolicy[]
  readonly calibrations: readonly CalibrationPublished[]
  /** How many shown videos one statement takes, about; bounds its memory. */
  readonly listedVideos?: number
  readonly onProgress?: (progress: RelabelProgress) => void
  readonly signal?: AbortSignal
}

export interface RelabelProgress {
  readonly requests: number
  readonly outcomes: number
  readonly samples: number
  /** Rows without a grade, by `policy:reason`. */
  readonly ungraded: ReadonlyMap<string, number>
  /** How far along all of it is, 0 to 1. */
  readonly done: number
}

interface Counters {
  requests: number
  outcomes: number
  samples: number
  readonly ungraded: Map<string, number>
}

/** Samples are inserted this many at a time. */
const INSERT_ROWS = 10_000

/**
 * Raw events → relabelled outcomes and samples: what the streams would have written had every record come in time.
 * Where there is a relabelled row, `current_outcomes` and `current_samples` show it instead of the streamed one; rows
 * that are no more are hidden by tombstones.
 *
 * Works part by part. Run again, after a crash or with other data, it replaces what an earlier run wrote.
 */
export async function relabel(warehouse: Warehouse, options: RelabelOptions): Promise<RelabelProgress> {
  const ranges = await requestRanges(warehouse, options.shown, options.listedVideos)
  const version = await nextVersion(warehouse)
  const progress = { requests: 0, outcomes: 0, samples: 0, ungraded: new Map<string, number>(), done: 0 }
  for (const [index, requests] of ranges.entries()) {
    options.signal?.throwIfAborted()
    const part = { shown: options.shown, requests, version }
    await relabelOutcomes(warehouse, options, part)
    await relabelSamples(warehouse, options, part, progress)
    progress.done = (index + 1) / ranges.length
    options.onProgress?.(progress)
  }
  return { ...progress, done: 1 }
}

/** Later than every run before, also when this machine's clock is behind. */
async function nextVersion(warehouse: Warehouse): Promise<number> {
  const [last] = await warehouse.rows<{ version: number }>(
    `SELECT max(version) AS version
     FROM (SELECT version FROM relabelled_outcomes UNION ALL SELECT version FROM relabelled_samples)`,
  )
  return Math.max(Date.now(), (last?.version ?? 0) + 1)
}

async function relabelOutcomes(
  warehouse: Warehouse,
  { windowMs, thresholds }: RelabelOptions,
  part: RunPart,
): Promise<void> {
  const outcomes = outcomesSql({ ...part, windowMs, thresholds, late: 'take-in' })
  await warehouse.command(`
    INSERT INTO relabelled_outcomes (${outcomeColumns.join(', ')}, deleted, version)
    SELECT ${outcomeColumns.join(', ')}, false, ${part.version} FROM (${outcomes}) ${recomputeSettings}`)
  await warehouse.command(outcomeTombstonesSql(part))
}

async function relabelSamples(
  warehouse: Warehouse,
  { policies, calibrations }: RelabelOptions,
  part: RunPart,
  progress: Counters,
): Promise<void> {
  let rows: (TrainingSample & { version: number })[] = []
  for await (const request of readRequests(warehouse, part)) {
    const { samples, reasons } = labelRequest(request, policies, calibrations)
    count(progress, request, samples.length, reasons)
    for (const sample of samples) rows.push({ ...sample, version: part.version })
    if (rows.length < INSERT_ROWS) continue
    await warehouse.insert('relabelled_samples', rows)
    rows = []
  }
  await warehouse.insert('relabelled_samples', rows)
  const names = policies.map(({ name }) => name)
  await warehouse.command(sampleTombstonesSql(part, names))
}

function count(
  progress: Counters,
  request: RequestClosed,
  samples: number,
  reasons: ReadonlyMap<string, number>,
): void {
  progress.requests += 1
  progress.outcomes += request.outcomes.length
  progress.samples += samples
  for (const [reason, rows] of reasons) progress.ungraded.set(reason, (progress.ungraded.get(reason) ?? 0) + rows)
}
