import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { computeCalibration } from '../../../../streams/behavior/calibration-compute.js'
import { calibrateInWarehouse } from '../../../../streams/behavior/calibration-in-warehouse.js'
import type { Warehouse } from '../../../../stores/clickhouse/warehouse.js'
import type { Outcome } from '../../../../schemas/events.js'
import { openTestWarehouse } from '../../../helpers/warehouse.js'
import { closedRequest } from '../../../helpers/outcomes.js'

const request = { version: 'c1', effective_from: 9_000, from: 1_000, to: 5_000 }

/** Numbers that look random and are the same in every run. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    yield state / 2 ** 32
  }
}

/** Clicked and unclicked, with and without a duration, in every bucket, with ties and plays beyond the end. */
function outcomesOf(n: number): Outcome[] {
  const random = numbers(7)
  const next = (below: number) => Math.floor(random.next().value * below)
  return Array.from({ length: n }, (_, i) => {
    const duration_ms = next(10) === 0 ? null : Math.floor(1_000 * 1_500 ** random.next().value)
    const watched_ms = next(8) === 0 ? 0 : next((duration_ms ?? 60_000) * 1.2)
    const completion = duration_ms === null ? null : Math.min(1, watched_ms / duration_ms)
    const clicked = next(3) > 0
    const { outcomes, ...closed } = closedRequest([{ clicked, watched_ms, duration_ms, completion }], {
      request_id: `r${i}`,
      shown_at: next(6_000),
    })
    return { ...closed, ...outcomes[0]! }
  })
}

describe('calibrateInWarehouse', () => {
  const outcomes = outcomesOf(20_000)
  let warehouse: Warehouse

  beforeAll(async () => {
    warehouse = await openTestWarehouse()
    await warehouse.insert(
      'outcomes',
      outcomes.map((outcome, offset) => ({ ...outcome, source_partition: 0, source_offset: offset })),
    )
  })
  afterAll(() => warehouse.close())

  it('equals the reference to the last bit', async () => {
    const calibration = await calibrateInWarehouse(warehouse, request)
    expect(calibration).toEqual(computeCalibration(outcomes, request))
    expect(calibration.grids.every((grid) => grid.length === 101)).toBe(true)
  })

  it('equals it where buckets have too few outcomes, and where there is only one', async () => {
    const few = { ...request, from: 2_000, to: 2_500 }
    const calibration = await calibrateInWarehouse(warehouse, few)
    expect(calibration).toEqual(computeCalibration(outcomes, few))
    expect(new Set(calibration.grids.map((grid) => grid.length))).toEqual(new Set([0, 101]))

    const one = outcomes.find(({ clicked, duration_ms }) => clicked && duration_ms !== null)!
    const single = outcomes.filter(({ shown_at }) => shown_at === one.shown_at)
    const instant = { ...request, from: one.shown_at, to: one.shown_at + 1 }
    expect(await calibrateInWarehouse(warehouse, instant)).toEqual(computeCalibration(single, instant))
  })

  it('counts a relabelled outcome as relabelled, and one written twice once', async () => {
    const changed = outcomes.map((outcome) =>
      outcome.clicked && outcome.duration_ms !== null && outcome.shown_at < 3_000
        ? { ...outcome, watched_ms: outcome.duration_ms, completion: 1 }
        : outcome,
    )
    const relabelled = changed.filter((outcome, i) => outcome !== outcomes[i])
    await warehouse.insert(
      'outcomes',
      outcomes.slice(0, 50).map((o, i) => ({ ...o, source_partition: 0, source_offset: i })),
    )
    await warehouse.insert(
      'relabelled_outcomes',
      relabelled.map((outcome) => ({ ...outcome, deleted: false, version: 1 })),
    )
    expect(await calibrateInWarehouse(warehouse, request)).toEqual(computeCalibration(changed, request))
    await warehouse.command('TRUNCATE TABLE relabelled_outcomes')
  })

  it('refuses a range with nothing to calibrate with', async () => {
    const empty = { ...request, from: 6_000, to: 7_000 }
    await expect(calibrateInWarehouse(warehouse, empty)).rejects.toMatchObject({ code: 'POLICY_INVALID' })
  })
})
