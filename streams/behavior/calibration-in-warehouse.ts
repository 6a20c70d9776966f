import { FatalError } from '../../errors/errors.js'
import type { CalibrationPublished } from '../../schemas/events.js'
import { within } from '../../stores/clickhouse/time-range.js'
import type { Warehouse } from '../../stores/clickhouse/warehouse.js'
import { BINS, pickGrid, planRanks, type BinCount, type RankPlan, type ValueCount } from './calibration-bins.js'
import { BUCKET_EDGES_S, buildCalibration, LEAST_OUTCOMES, type CalibrationRequest } from './calibration-compute.js'

/** Tries before giving up on a range whose outcomes change between the two queries. */
const TRIES = 3

type InBucket<Count> = Count & { readonly bucket: number }

/**
 * The outcomes of the warehouse → calibration; equals computeCalibration over the rows of current_outcomes exactly.
 *
 * Memory hardly grows with the number of outcomes: the first query counts completions per bin, which tells where the
 * 101 ranks of each grid lie; the second fetches the distinct values of those bins alone. Throws POLICY_INVALID when
 * the range has nothing to calibrate with, COMMAND_INVALID when its outcomes keep changing.
 */
export async function calibrateInWarehouse(
  warehouse: Warehouse,
  request: CalibrationRequest,
): Promise<CalibrationPublished> {
  for (let tries = 0; tries < TRIES; tries++) {
    const counts = await warehouse.rows<InBucket<BinCount>>(countsSql(request))
    const plans = BUCKETS.map((bucket) => planRanks(counts.filter((count) => count.bucket === bucket)))
    const whole = planRanks(overBuckets(counts))
    const needed = plans.map((plan) => (plan.outcomes < LEAST_OUTCOMES ? planRanks([]) : plan))
    const values =
      whole.outcomes === 0 ? [] : await warehouse.rows<InBucket<ValueCount>>(valuesSql(request, needed, whole))
    const grids = needed.map((plan, bucket) =>
      pickGrid(
        plan,
        values.filter((value) => value.bucket === bucket),
      ),
    )
    const all = pickGrid(whole, values)
    if (all !== null && grids.every((grid) => grid !== null))
      return buildCalibration(request, {
        buckets: grids.map((grid, bucket) => ({ outcomes: plans[bucket]!.outcomes, grid })),
        all,
      })
  }
  throw new FatalError(
    'COMMAND_INVALID',
    'the outcomes in the range changed while they were counted: take a range whose windows have closed',
  )
}

const BUCKETS = [...BUCKET_EDGES_S.keys(), BUCKET_EDGES_S.length]

function overBuckets(counts: readonly BinCount[]): BinCount[] {
  const sums = new Map<number, number>()
  for (const { bin, n } of counts) sums.set(bin, (sums.get(bin) ?? 0) + n)
  return [...sums].map(([bin, n]) => ({ bin, n })).sort((a, b) => a.bin - b.bin)
}

/**
 * The completion is divided here and not read: some versions of the engine parse inserted JSON inexactly in the last
 * bit, whereas dividing whole numbers gives the same on both sides.
 */
const clickedSql = (range: CalibrationRequest): string => `
  SELECT
    arrayCount(edge -> edge <= intDiv(assumeNotNull(o.duration_ms), 1000), [${BUCKET_EDGES_S.join(', ')}]) AS bucket,
    least(1., o.watched_ms / assumeNotNull(o.duration_ms)) AS completion,
    toUInt32(floor(completion * ${BINS})) AS bin
  FROM current_outcomes AS o
  WHERE o.clicked AND o.duration_ms > 0 AND ${within('o.shown_at', range)}`

const countsSql = (request: CalibrationRequest): string => `
  SELECT bucket, bin, count() AS n FROM (${clickedSql(request)})
  GROUP BY bucket, bin ORDER BY bucket, bin`

const valuesSql = (request: CalibrationRequest, plans: readonly RankPlan[], whole: RankPlan): string => {
  const own = plans.flatMap(({ bins }, bucket) => [...bins.keys()].map((bin) => `(${bucket}, ${bin})`))
  const inOwn = own.length > 0 ? `OR (bucket, bin) IN (${own.join(', ')})` : ''
  return `
    SELECT bucket, bin, completion, count() AS n FROM (${clickedSql(request)})
    WHERE bin IN (${[...whole.bins.keys()].join(', ')}) ${inOwn}
    GROUP BY bucket, bin, completion ORDER BY completion`
}
