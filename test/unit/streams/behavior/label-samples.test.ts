import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { Outcome } from '../../../../schemas/events.js'
import { loadLabelPolicy } from '../../../../streams/behavior/label-policy.js'
import { labelRequest } from '../../../../streams/behavior/label-samples.js'
import { samplesOf } from '../../../chaos/oracle-labels.js'
import { calibration, closedRequest } from '../../../helpers/outcomes.js'

const policies = [loadLabelPolicy('perception-v1'), loadLabelPolicy('content-v1')]
const clicked = { clicked: true, valid_play: true, long_view: true, duration_ms: 100_000, completion: 0.9 }

describe('labelRequest', () => {
  it('writes one sample per policy and graded video, with the fields of its request', () => {
    const closed = closedRequest([{}, clicked], { request_id: 'r', user_id: 'u', query: '猫', shown_at: 5_000 })
    const common = { request_id: 'r', user_id: 'u', query: '猫', shown_at: 5_000 }
    const perception = { ...common, domain: 'perception', policy: 'perception-v1', calibration: null, quantile: null }
    const content = { ...common, domain: 'content', policy: 'content-v1' }
    const first = { video_id: 'video-1', position: 1, grade: 0, reason: 'skipped-above' }
    const second = { video_id: 'video-2', position: 2 }
    expect(labelRequest(closed, policies, [calibration()]).samples).toEqual([
      { ...perception, ...first, weight: 1 },
      { ...perception, ...second, grade: 1, reason: 'clicked', weight: 1 },
      { ...content, ...first, weight: 0.5, quantile: null, calibration: null },
      { ...content, ...second, grade: 3, reason: 'satisfied', weight: 1, quantile: 90.5 / 101, calibration: 'c1' },
    ])
  })

  it('writes no sample for a row without a grade, and counts its reason by policy', () => {
    const autoplayed = { autoplay: true, valid_play: true }
    const { samples, reasons } = labelRequest(closedRequest([{}, autoplayed, {}]), policies, [])
    expect(samples).toEqual([])
    expect([...reasons]).toEqual([
      ['perception-v1:no-click', 2],
      ['perception-v1:autoplay', 1],
      ['content-v1:no-click', 2],
      ['content-v1:autoplay', 1],
    ])
  })

  it('uses the calibration that was effective when the request was shown', () => {
    const calibrations = [
      calibration({ version: 'early', effective_from: 100 }),
      calibration({ version: 'late', effective_from: 200, grid_all: Array.from({ length: 101 }, () => 1) }),
    ]
    const at = (shown_at: number) =>
      labelRequest(closedRequest([clicked], { shown_at }), policies, calibrations).samples.map((sample) => [
        sample.calibration,
        sample.quantile,
        sample.grade,
      ])
    expect([at(99)[1], at(100)[1], at(199)[1], at(200)[1]]).toEqual([
      [null, 0.9, 3],
      ['early', 90.5 / 101, 3],
      ['early', 90.5 / 101, 3],
      ['late', 0, 2],
    ])
    expect(at(200)[0]).toEqual([null, null, 1])
  })

  it('names a calibration only where the quantile came from it', () => {
    const unknown = { ...clicked, duration_ms: null, completion: null }
    const { samples } = labelRequest(closedRequest([{}, unknown, clicked]), policies, [calibration()])
    const content = samples.filter(({ domain }) => domain === 'content')
    expect(content.map(({ quantile, calibration }) => [quantile, calibration])).toEqual([
      [null, null],
      [null, null],
      [90.5 / 101, 'c1'],
    ])
  })

  it('gives nothing for a request that showed nothing', () => {
    expect(labelRequest(closedRequest([]), policies, [])).toEqual({ samples: [], reasons: new Map() })
  })

  const anyOutcome = fc
    .record({
      clicked: fc.boolean(),
      autoplay: fc.boolean(),
      valid_play: fc.boolean(),
      long_view: fc.boolean(),
      complete: fc.boolean(),
      duration_ms: fc.option(fc.integer({ min: 1, max: 2_000_000 })),
      completion: fc.oneof(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 0, max: 100 }).map((k) => k / 100),
      ),
      position: fc.integer({ min: 1, max: 9 }),
    })
    .map((one) => ({ ...one, completion: one.duration_ms === null ? null : one.completion }))
  const calibrations = [
    calibration({ version: 'c1', effective_from: 100 }),
    calibration({ version: 'c2', effective_from: 200, grids: calibration().grids.with(4, calibration().grid_all) }),
  ]

  it('agrees with the labels of the chaos test, which were written from the same rules independently', () => {
    fc.assert(
      fc.property(fc.array(anyOutcome, { maxLength: 8 }), fc.integer({ min: 99, max: 201 }), (outcomes, shown_at) => {
        const closed = closedRequest(outcomes, { shown_at })
        const rows: Outcome[] = closed.outcomes.map((one) => ({ ...closed, ...one }))
        const byDomain = (domain: string) => samplesOf(rows, calibrations).filter((one) => one.domain === domain)
        expect(labelRequest(closed, policies, calibrations).samples).toEqual([
          ...byDomain('perception'),
          ...byDomain('content'),
        ])
      }),
    )
  })
})
