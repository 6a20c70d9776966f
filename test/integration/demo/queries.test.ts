import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { gradeCountsSql, variantCountsSql } from '../../../demo/queries.js'
import type { TrainingSample } from '../../../schemas/events.js'
import type { Warehouse } from '../../../stores/clickhouse/warehouse.js'
import { tables } from '../../../streams/sinks/rows.js'
import { closedRequest } from '../../helpers/outcomes.js'
import { openTestWarehouse } from '../../helpers/warehouse.js'

const click = { clicked: true, clicks: 1, duration_ms: 60_000 }
const long = { ...click, long_view: true, valid_play: true, watched_ms: 20_000 }
const whole = { ...long, complete: true, watched_ms: 60_000 }

const requests = [
  closedRequest([whole, long, {}], { request_id: 'a', shown_at: 1_000, variants: { ranker: 'control' } }),
  closedRequest([{}, { ...click, duration_ms: null }], {
    request_id: 'b',
    shown_at: 1_999,
    variants: { ranker: 'control' },
  }),
  closedRequest([{ ...long, clicked: false }, {}], { request_id: 'c', shown_at: 1_500, variants: { ranker: "it's" } }),
  closedRequest([whole], { request_id: 'outside', shown_at: 2_000, variants: { ranker: 'control' } }),
  closedRequest([whole], { request_id: 'before', shown_at: 999, variants: { ranker: 'control' } }),
  closedRequest([whole], { request_id: 'other', shown_at: 1_500, variants: { layout: 'control' } }),
]

const sample = (video: string, more: Partial<TrainingSample> = {}): TrainingSample => ({
  ...{ request_id: 'a', video_id: video, user_id: 'u', query: 'q', position: 1, shown_at: 1_000, domain: 'content' },
  ...{ grade: 3, reason: 'satisfied', weight: 1, quantile: null, policy: 'content-v1', calibration: null },
  ...more,
})

describe('the queries of the summary', () => {
  let warehouse: Warehouse
  beforeAll(async () => {
    warehouse = await openTestWarehouse()
    const at = { topic: 'derived', partition: 0, offset: 1, receivedAt: 3_000 }
    await warehouse.insert(
      'outcomes',
      requests.flatMap((request) => tables.RequestClosed.rows(request, at)),
    )
    const samples = [
      sample('v1'),
      sample('v2'),
      sample('v3', { grade: 0 }),
      sample('v1', { domain: 'perception', policy: 'perception-v1', grade: 1 }),
      sample('v4', { shown_at: 2_000 }),
    ]
    await warehouse.insert(
      'samples',
      samples.flatMap((each) => tables.TrainingSample.rows(each, at)),
    )
  })
  afterAll(() => warehouse.close())

  it('count what each variant did in the time of the run', async () => {
    expect(await warehouse.rows(variantCountsSql('ranker', { from: 1_000, to: 2_000 }))).toEqual([
      {
        variant: 'control',
        searches: 2,
        searches_with_click: 2,
        impressions: 5,
        clicks: 3,
        long_clicks: 2,
        clicks_of_known_duration: 2,
        completes: 1,
      },
      {
        variant: "it's",
        searches: 1,
        searches_with_click: 0,
        impressions: 2,
        clicks: 0,
        long_clicks: 0,
        clicks_of_known_duration: 0,
        completes: 0,
      },
    ])
  })

  it('count samples by domain, policy and grade', async () => {
    expect(await warehouse.rows(gradeCountsSql({ from: 1_000, to: 2_000 }))).toEqual([
      { domain: 'content', policy: 'content-v1', grade: 0, samples: 1 },
      { domain: 'content', policy: 'content-v1', grade: 3, samples: 2 },
      { domain: 'perception', policy: 'perception-v1', grade: 1, samples: 1 },
    ])
  })
})
