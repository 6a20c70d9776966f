import { describe, expect, it } from '@jest/globals'
import type { CalibrationPublished, Outcome } from '../../../schemas/events.js'
import { playFlags } from '../../chaos/oracle-outcome.js'
import { gridsOf, samplesOf } from '../../chaos/oracle-labels.js'

const outcome = (position: number, more: Partial<Outcome> = {}): Outcome => {
  const { watched_ms = 0, duration_ms = 100_000 } = more
  return {
    request_id: 'r',
    user_id: 'ann',
    query: 'cat',
    shown_at: 1000,
    device: 'phone',
    variants: {},
    model_set: null,
    served_features_at: null,
    video_id: `v${position}`,
    position,
    clicked: false,
    first_click_at: null,
    clicks: 0,
    watched_ms,
    duration_ms,
    completion: duration_ms === null ? null : Math.min(1, watched_ms / duration_ms),
    ...playFlags(watched_ms, duration_ms),
    autoplay: false,
    ...more,
  }
}

const clicked = (position: number, watched_ms: number, duration_ms: number | null = 100_000) =>
  outcome(position, { clicked: true, watched_ms, duration_ms })

const labels = (outcomes: Outcome[], domain: string, calibrations: CalibrationPublished[] = []) =>
  samplesOf(outcomes, calibrations)
    .filter((sample) => sample.domain === domain)
    .map((s) => [s.position, s.grade, s.reason, s.weight, s.quantile])

describe('oracle: labels', () => {
  const page = [
    outcome(1),
    outcome(2, { autoplay: true, watched_ms: 9000 }),
    clicked(3, 1000),
    outcome(4, { autoplay: true, watched_ms: 2000 }),
    clicked(5, 80_000),
    outcome(6),
  ]

  it('labels perception: clicked, skipped above the lowest click, nothing for the rest', () => {
    expect(labels(page, 'perception')).toEqual([
      [1, 0, 'skipped-above', 1, null],
      [3, 1, 'clicked', 1, null],
      [4, 0, 'skipped-above', 1, null],
      [5, 1, 'clicked', 1, null],
    ])
  })

  it('labels content: bounces are zero, skips weigh half', () => {
    expect(labels(page, 'content')).toEqual([
      [1, 0, 'skipped-above', 0.5, null],
      [3, 0, 'bounced', 1, 0.01],
      [4, 0, 'skipped-above', 0.5, null],
      [5, 3, 'satisfied', 1, 0.8],
    ])
  })

  it('says nothing of a request without a click', () => {
    expect(samplesOf([outcome(1), outcome(2)], [])).toEqual([])
  })

  it.each<[name: string, watched: number, duration: number | null, grade: number, reason: string]>([
    ['long view at the quantile', 70_000, 100_000, 3, 'satisfied'],
    ['long view below it', 69_999, 100_000, 2, 'watched'],
    ['complete', 8000, 8000, 3, 'satisfied'],
    ['valid at the lower quantile', 9000, 30_000, 2, 'watched'],
    ['valid below it', 8999, 30_000, 1, 'weak-watch'],
    ['unknown duration, long', 18_000, null, 2, 'watched'],
    ['unknown duration, valid', 8000, null, 1, 'weak-watch'],
    ['no watch', 0, null, 0, 'bounced'],
  ])('grades a click with a %s', (_, watched, duration, grade, reason) => {
    expect(labels([clicked(1, watched, duration)], 'content')[0]!.slice(1, 3)).toEqual([grade, reason])
  })

  const calibration = (effective_from: number, value: number): CalibrationPublished => ({
    version: `from ${effective_from}`,
    effective_from,
    computed_from: 0,
    computed_to: 0,
    outcomes: 0,
    bucket_edges_s: [7, 18, 30, 60, 120, 300, 600, 1200],
    grids: [[], [], [], [], Array.from({ length: 101 }, (_, k) => (k < 50 ? 0 : k < 60 ? value : 1)), [], [], [], []],
    grid_all: Array.from({ length: 101 }, () => 0.5),
  })

  it('takes the quantile from the newest calibration of the time, half of equal points counting', () => {
    const versions = [calibration(900, 0.25), calibration(1000, 0.5), calibration(1001, 0.9)]
    const [sample] = samplesOf([clicked(1, 50_000)], versions).filter(({ domain }) => domain === 'content')
    expect(sample).toMatchObject({ quantile: 55 / 101, calibration: 'from 1000' })
  })

  it('takes the grid of all durations where a bucket has none', () => {
    expect(labels([clicked(1, 3000, 6000)], 'content', [calibration(0, 0)])).toEqual([[1, 0, 'bounced', 1, 50.5 / 101]])
  })
})

describe('oracle: calibration grids', () => {
  it('holds nearest-rank quantiles of clicked outcomes with a known duration', () => {
    const some = Array.from({ length: 200 }, (_, n) => clicked(1, (n + 1) * 500, 100_000))
    const ignored = [clicked(1, 5, null), outcome(1)]
    const { grids, grid_all } = gridsOf([...some, ...ignored, clicked(1, 6_999, 6_999)])
    expect(grids.map(({ length }) => length)).toEqual([0, 0, 0, 0, 101, 0, 0, 0, 0])
    // 200 values 0.005, 0.010, … 1: the k-th is at rank ⌊(200k + 99)/100⌋, at least 1.
    expect([0, 1, 2, 50, 100].map((k) => grids[4]![k])).toEqual([0.005, 0.01, 0.02, 0.5, 1])
    expect(grid_all).toHaveLength(101)
  })
})
