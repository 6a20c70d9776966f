import { describe, expect, it } from '@jest/globals'
import { loadViewThresholds } from '../../../../schemas/policies/view-thresholds.js'
import { joinOutcomes } from '../../../../streams/behavior/join-outcomes.js'
import { groupsOf } from '../../../../streams/behavior/groups.js'
import { drive } from '../../../../streams/runtime/drive.js'
import { topics } from '../../../../streams/topics.js'
import { shown } from '../../../helpers/behavior-events.js'

describe('grouping outputs', () => {
  it('keeps every item, in order, and starts a group when the next item does not fit', () => {
    expect(groupsOf([300_000, 90_000, 20_000, 500_000, 1], (bytes) => bytes)).toEqual([
      [300_000, 90_000],
      [20_000],
      [500_000],
      [1],
    ])
    expect(groupsOf([], () => 1)).toEqual([])
  })

  it('writes the largest requests that an input takes in records below a megabyte', () => {
    const results = Array.from({ length: 1_000 }, (_, i) => ({
      video_id: `${i}-`.padEnd(950, 'v'),
      position: i + 1,
      duration_ms: null,
    }))
    const fold = joinOutcomes({ windowMs: 1_000, thresholds: loadViewThresholds(), announceMs: 100 })
    const driver = drive(fold).send(
      topics.impressions,
      ...['r1', 'r2'].map((request_id) => shown({ request_id, query: '🎬'.repeat(1_000), results })),
    )
    const sizes = driver
      .emitted(topics.engagementDeltas)
      .map(({ deltas }) => deltas.reduce((sum, { video_id, query }) => sum + Buffer.byteLength(video_id + query), 0))
    expect(sizes.length).toBeGreaterThan(5)
    expect(Math.max(...sizes)).toBeLessThan(1_000_000)
  })
})
