import { describe, expect, it } from '@jest/globals'
import { loadLabelPolicy } from '../../../../streams/behavior/label-policy.js'
import { labelRequest } from '../../../../streams/behavior/label-samples.js'
import { calibration, closedRequest } from '../../../helpers/outcomes.js'

const policies = [loadLabelPolicy('perception-v1'), loadLabelPolicy('content-v1')]
const clicked = { clicked: true, valid_play: true, long_view: true, duration_ms: 100_000, completion: 0.9 }

describe('labelRequest', () => {
  it('writes one sample per policy and graded video, with the fields of its request', () => {
    const closed = closedRequest([{}, clicked], { request_id: 'r', user_id: 'u', query: '猫', shown_at: 5_000 })
    const common = { request_id: 'r', user_id: 'u', query: '猫', shown_at: 5_000 }
    const perception = { ...common, domain: 'perception', policy: 'perception-v1', calibration: null, quantile: null }
    const content = { ...common, domain: 'content', policy: 'content-v1', calibration: 'c1' }
    const first = { video_id: 'video-1', position: 1, grade: 0, reason: 'skipped-above' }
    const second = { video_id: 'video-2', position: 2 }
    expect(labelRequest(closed, policies, [calibration()]).samples).toEqual([
      { ...perception, ...first, weight: 1 },
      { ...perception, ...second, grade: 1, reason: 'clicked', weight: 1 },
      { ...content, ...first, weight: 0.5, quantile: null },
      { ...content, ...second, grade: 3, reason: 'satisfied', weight: 1, quantile: 90.5 / 101 },
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

  it('gives nothing for a request that showed nothing', () => {
    expect(labelRequest(closedRequest([]), policies, [])).toEqual({ samples: [], reasons: new Map() })
  })
})
