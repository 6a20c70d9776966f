import { describe, expect, it } from '@jest/globals'
import { openMetrics } from '../../../../streams/runtime/metrics.js'

const linesOf = async (metrics: ReturnType<typeof openMetrics>, name: string) =>
  (await metrics.text()).split('\n').filter((line) => line.startsWith(name))

describe('metrics of a stream', () => {
  it('count records by topic, outcome and reason', async () => {
    const metrics = openMetrics()
    const joiner = metrics.ofStream('join-outcomes')
    joiner.records('search.clicks', 'used', 3)
    joiner.records('search.clicks', 'used', 2)
    joiner.records('search.clicks', 'dropped', 1, 'late')
    joiner.records('search.clicks', 'dropped', 0, 'orphan')
    metrics.ofStream('store-events').records('search.clicks', 'used', 7)
    expect(await linesOf(metrics, 'kinora_stream_records_total')).toEqual([
      'kinora_stream_records_total{stream="join-outcomes",topic="search.clicks",outcome="used",reason=""} 5',
      'kinora_stream_records_total{stream="join-outcomes",topic="search.clicks",outcome="dropped",reason="late"} 1',
      'kinora_stream_records_total{stream="store-events",topic="search.clicks",outcome="used",reason=""} 7',
    ])
  })

  it('are in seconds', async () => {
    const metrics = openMetrics()
    const stream = metrics.ofStream('s')
    stream.batch(20)
    stream.commit(30)
    stream.rebuild(4_000)
    stream.freshness(800)
    stream.watermarkDelay(2, 2_500)
    const text = await metrics.text()
    expect(text).toContain('kinora_stream_batch_seconds_sum{stream="s"} 0.02')
    expect(text).toContain('kinora_stream_commit_seconds_sum{stream="s"} 0.03')
    expect(text).toContain('kinora_stream_rebuild_seconds_sum{stream="s"} 4')
    expect(text).toContain('kinora_stream_freshness_seconds_bucket{le="0.75",stream="s"} 0')
    expect(text).toContain('kinora_stream_freshness_seconds_bucket{le="1",stream="s"} 1')
    expect(text).toContain('kinora_stream_watermark_delay_seconds{stream="s",partition="2"} 2.5')
  })

  it('no longer report a partition that went to another process', async () => {
    const metrics = openMetrics()
    const stream = metrics.ofStream('s')
    for (const partition of [0, 1]) {
      stream.lag('a', partition, 5)
      stream.lag('b', partition, 6)
      stream.watermarkDelay(partition, 1_000)
      stream.stateEntries(partition, 9)
    }
    stream.forget(1)
    expect(await linesOf(metrics, 'kinora_stream_')).toEqual([
      'kinora_stream_lag_records{stream="s",topic="a",partition="0"} 5',
      'kinora_stream_lag_records{stream="s",topic="b",partition="0"} 6',
      'kinora_stream_watermark_delay_seconds{stream="s",partition="0"} 1',
      'kinora_stream_state_entries{stream="s",partition="0"} 9',
    ])
  })

  it('of two registries do not mix, and hold the process metrics', async () => {
    const one = openMetrics()
    const two = openMetrics()
    one.ofStream('s').lag('a', 0, 5)
    expect(await linesOf(two, 'kinora_stream_')).toEqual([])
    expect(await two.text()).toContain('process_resident_memory_bytes')
  })
})
