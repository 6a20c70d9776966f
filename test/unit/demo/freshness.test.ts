import { describe, expect, it } from '@jest/globals'
import { FreshnessProbes, type ProbeKey } from '../../../demo/freshness.js'
import type { ResultsShown } from '../../../schemas/events.js'

const shown = (query: string, at = 0, videoId = 'v1'): ResultsShown => ({
  ...{
    request_id: 'r',
    at,
    user_id: 'u',
    query,
    device: 'phone',
    variants: {},
    model_set: null,
    served_features_at: null,
  },
  results: [{ video_id: videoId, position: 1, duration_ms: null }],
})

/** A store in which tiles become visible when told so. */
const store = () => {
  const tiles = new Set<string>()
  const polled = new Set<string>()
  const name = (key: ProbeKey) => `${key.tile} ${key.query} ${key.video_id}`
  return {
    polled,
    tiles,
    visible: (keys: readonly ProbeKey[]) => {
      for (const key of keys) polled.add(name(key))
      return Promise.resolve(keys.map((key) => tiles.has(name(key))))
    },
  }
}

describe('freshness probes', () => {
  it('measure from the sending to the first sight', async () => {
    const { visible, tiles } = store()
    const probes = new FreshnessProbes({ visible, pollMs: 1 })
    const startMs = performance.now()
    probes.sent(shown('a'))
    while (performance.now() - startMs < 30) await new Promise((resolve) => setImmediate(resolve))
    expect(probes.summary()).toEqual({ p50: null, p99: null, probes: 0, lost: 0 })
    tiles.add('0 a v1')
    await probes.stop()
    const { p50, p99, probes: count, lost } = probes.summary()
    expect([count, lost, p99]).toEqual([1, 0, p50])
    expect(p50).toBeGreaterThanOrEqual(30)
    expect(p50).toBeLessThanOrEqual(performance.now() - startMs)
  })

  it('use a query only the first time that it is asked in a tile: later its tile exists already', async () => {
    const { visible, polled, tiles } = store()
    for (const tile of ['0 a v1', '0 b v1', '300000 a v1']) tiles.add(tile)
    const probes = new FreshnessProbes({ visible, pollMs: 1 })
    probes.sent(shown('a'))
    probes.sent(shown('a', 299_999, 'v2'))
    probes.sent(shown('c'), false)
    probes.sent(shown('c'))
    probes.sent(shown('b'))
    probes.sent(shown('a', 300_000))
    await probes.stop()
    expect([...polled].sort()).toEqual(['0 a v1', '0 b v1', '300000 a v1'])
    expect(probes.summary().probes).toBe(3)
  })

  it('give up what never comes through, and count it', async () => {
    const probes = new FreshnessProbes({ visible: store().visible, pollMs: 1, giveUpMs: 5 })
    probes.sent(shown('a'))
    await probes.stop()
    expect(probes.summary()).toMatchObject({ probes: 0, lost: 1 })
  })

  it('do not load the store with more than so many at a time', async () => {
    const { visible, polled } = store()
    const probes = new FreshnessProbes({ visible, pollMs: 1, giveUpMs: 5, atMost: 2 })
    for (const query of ['a', 'b', 'c']) probes.sent(shown(query))
    await probes.stop()
    expect(polled.size).toBe(2)
  })

  it('report a store that fails when they are stopped, and do not disturb before', async () => {
    const probes = new FreshnessProbes({ visible: () => Promise.reject(new Error('gone')) })
    probes.sent(shown('a'))
    await new Promise((resolve) => setImmediate(resolve))
    probes.sent(shown('b'))
    await expect(probes.stop()).rejects.toThrow('gone')
  })
})
