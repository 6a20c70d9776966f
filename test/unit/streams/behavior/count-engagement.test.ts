import { describe, expect, it } from '@jest/globals'
import type { EngagementDelta } from '../../../../schemas/events.js'
import { countEngagement } from '../../../../streams/behavior/count-engagement.js'
import { drive } from '../../../../streams/runtime/drive.js'
import { topics } from '../../../../streams/topics.js'

const TILE = 300_000
const WINDOW = 1_000
const SKEW = 200
const start = () => drive(countEngagement({ windowMs: WINDOW, skewMs: SKEW }))

const delta = (over: Partial<EngagementDelta> = {}): EngagementDelta => ({
  ...{ video_id: 'a', query: 'q', tile: 0, impressions: 1, clicks: 0, watched_ms: 0, long_clicks: 0, completes: 0 },
  ...over,
})

const change = (deltas: EngagementDelta[], watermark = -1, source_partition = 0) => ({
  ...{ source_partition, source_partitions: 2, watermark, deltas },
})

const tiles = (driver: ReturnType<typeof start>) =>
  driver.emitted(topics.engagement).map(({ query, tile, impressions }) => ({ query, tile, impressions }))

describe('count-engagement: changes → absolute tiles', () => {
  it('adds up the changes of a commit and tells each tile once, per query and over all queries', () => {
    const driver = start().send(topics.engagementDeltas, change([delta(), delta({ query: '' })]), change([delta()]))
    expect(tiles(driver)).toEqual([
      { query: 'q', tile: 0, impressions: 2 },
      { query: null, tile: 0, impressions: 3 },
      { query: '', tile: 0, impressions: 1 },
    ])
  })

  it('keeps a tile until every source has passed its end plus window and clock skew, and calls later changes late', () => {
    const end = TILE + WINDOW + SKEW
    const driver = start().send(topics.engagementDeltas, change([delta()]), change([], end + 1, 0), change([], end, 1))
    driver.send(topics.engagementDeltas, change([delta()]))
    expect(tiles(driver).at(-1)).toEqual({ query: null, tile: 0, impressions: 2 })
    driver.send(topics.engagementDeltas, change([], end + 1, 1), change([delta()]))
    expect(driver.account(topics.engagementDeltas)).toMatchObject({ late: 1 })
    expect(driver.stateSize).toBe(0)
  })

  it('goes on counting after a crash, committed or not', () => {
    const driver = start().send(topics.engagementDeltas, change([delta()], 5))
    driver
      .commit()
      .send(topics.engagementDeltas, change([delta()]))
      .crash()
    driver.send(topics.engagementDeltas, change([delta()]))
    expect(tiles(driver).at(-1)).toEqual({ query: null, tile: 0, impressions: 3 })
  })
})
