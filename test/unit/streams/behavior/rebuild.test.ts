import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { loadViewThresholds } from '../../../../schemas/policies/view-thresholds.js'
import { joinOutcomes } from '../../../../streams/behavior/join-outcomes.js'
import type { BehaviorEvent } from '../../../../streams/behavior/request-window.js'
import { drive, type Driver } from '../../../../streams/runtime/drive.js'
import { topics } from '../../../../streams/topics.js'
import { click, shown, watch } from '../../../helpers/behavior-events.js'

const WINDOW = 100
const fold = joinOutcomes({ windowMs: WINDOW, thresholds: loadViewThresholds(), announceMs: 10 })
const inputs = [topics.impressions, topics.clicks, topics.watches]

/** Few requests and a short time, so that ids are reused, reactions are orphaned and copies come late all the time. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('impression' as const), id: fc.nat(3), at: fc.nat(600) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('click' as const), id: fc.nat(3), at: fc.nat(600) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('watch' as const), id: fc.nat(3), at: fc.nat(600) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass' as const), id: fc.constant(0), at: fc.nat(60) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('crash' as const), id: fc.constant(0), at: fc.constant(0) }) },
)

/** Runs the steps; event times follow the watermark, so that most events are near it. */
function run(steps: { kind: string; id: number; at: number }[], crashes: boolean): Driver<BehaviorEvent> {
  const driver = drive(fold)
  let watermark = 0
  for (const { kind, id, at } of steps) {
    const time = Math.max(0, watermark + at - 300)
    const over = { request_id: `r${id}`, video_id: 'abx'[at % 3]! }
    if (kind === 'impression') driver.send(topics.impressions, shown({ request_id: over.request_id, at: time }))
    else if (kind === 'click') driver.send(topics.clicks, click(time, over))
    else if (kind === 'watch') driver.send(topics.watches, watch(time, at * 10, over))
    else if (kind === 'pass') {
      watermark += at
      for (const topic of inputs) driver.send(topic, { watermark })
    } else {
      driver.commit()
      if (crashes) driver.crash()
    }
  }
  return driver.commit()
}

const told = (driver: Driver<BehaviorEvent>) => ({
  // Requests whose windows end in the same millisecond close in any order.
  outcomes: driver
    .emitted(topics.outcomes)
    .map((request) => JSON.stringify(request))
    .sort(),
  unused: driver.emitted(topics.unused).map(({ entries }) => [...entries].sort(byPlace)),
  // A takeover may announce the watermark once more; that changes no tile.
  deltas: driver.emitted(topics.engagementDeltas).flatMap(({ deltas }) => deltas),
  accounts: inputs.map((topic) => driver.account(topic)),
})

const byPlace = (a: { topic: string; offset: number }, b: { topic: string; offset: number }) =>
  a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.offset - b.offset

describe('a rebuild', () => {
  it('leads to the same outputs and the same account as never having crashed', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 80 }), (steps) => {
        expect(told(run(steps, true))).toEqual(told(run(steps, false)))
      }),
      { numRuns: 500 },
    )
  })

  it('reads no further back than the oldest request that is still needed', () => {
    const driver = drive(fold)
    for (let i = 0; i < 50; i++) {
      driver.send(topics.impressions, shown({ request_id: `r${i}`, at: i * 10 }))
      for (const topic of inputs) driver.send(topic, { watermark: i * 10 })
    }
    driver.commit()
    expect(driver.stateSize).toBe(11)
    expect(driver.rebuildOffsets()[0]).toBe(2 * (50 - 11))
  })
})
