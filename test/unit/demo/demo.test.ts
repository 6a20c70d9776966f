import { describe, expect, it } from '@jest/globals'
import { loadConfig } from '../../../config/config.js'
import { runDemo } from '../../../demo/demo.js'
import { fastParameters, parameters, type DemoParameters } from '../../../demo/parameters.js'
import type { DemoPlatform, OutgoingRecord } from '../../../demo/platform.js'
import type { DemoProgress } from '../../../demo/progress.js'
import { demoSettings } from '../../../demo/settings.js'
import { decode, encode } from '../../../schemas/codec.js'
import { topics } from '../../../streams/topics.js'

const short: DemoParameters = {
  ...fastParameters,
  durationMs: 400,
  searchesEndBeforeMs: 0,
  requestsPerSecond: 200,
  videos: 60,
}

/** A platform that uses every record at once, and tells what it was asked. */
const instantPlatform = () => {
  const received: OutgoingRecord[] = []
  const asked = { watermark: 0, videoIds: 0, shown: { from: 0, to: 0 } as unknown }
  const platform: DemoPlatform = {
    send: (records) => Promise.resolve(void received.push(...records)),
    counts: () => Promise.resolve({ outcomes: received.length, samples: 1, lag: 0 }),
    impressions: (keys) => Promise.resolve(keys.map(() => 1)),
    engagement: (ids) => {
      asked.videoIds = ids.length
      return Promise.resolve(
        ids.map((id) => ({ impressions: 0, clicks: Number(id.slice(1)), long_clicks: 0, completes: 0, watched_ms: 0 })),
      )
    },
    endInput: (watermark) => Promise.resolve(void (asked.watermark = watermark)),
    account: (topic) =>
      Promise.resolve({
        used: received.filter((record) => record.topic === topic).length,
        ...{ duplicate: 0, late: 0, orphan: 0, dead: 0 },
      }),
    rows: () => Promise.resolve([]),
    exportTrainingSet: (shown) => {
      asked.shown = shown
      return Promise.resolve({ folder: 'exports', samples: 0, files: 0 })
    },
  }
  return { platform, received, asked }
}

const run = async (platform: DemoPlatform, signal?: AbortSignal) => {
  const states: DemoProgress[] = []
  const progress = { show: (state: DemoProgress) => void states.push(state), end: () => undefined }
  const options = { parameters: short, platform, codec: { encode }, progress, run: 'r', next: [] }
  return { summary: await runDemo({ ...options, ...(signal && { signal }) }), states }
}

describe('runDemo', () => {
  it('sends the crowd to the platform and accounts for every record', async () => {
    const { platform, received, asked } = instantPlatform()
    const startMs = Date.now()
    const { summary, states } = await run(platform)
    expect(summary!.accounts.map((account) => account.topic)).toEqual([
      'video.uploads',
      'search.impressions',
      'search.clicks',
      'video.watches',
    ])
    expect(summary!.accounts.reduce((sum, account) => sum + account.in, 0)).toBe(received.length)
    expect(summary!.accounts.every((account) => account.in > 0 && account.in === account.used)).toBe(true)
    expect(summary!.freshness.probes).toBeGreaterThan(10)
    expect(states.at(-1)).toMatchObject({ phase: 'closing', sent: received.length, lag: 0 })
    expect(asked.watermark).toBeGreaterThanOrEqual(startMs + short.durationMs + short.time.windowMs)
    expect(asked.shown).toEqual({ from: expect.any(Number), to: expect.any(Number) })
  })

  it('keys behavior by request and uploads by video, in the codec of the platform', async () => {
    const { platform, received } = instantPlatform()
    await run(platform)
    const of = (name: string) => received.filter((record) => record.topic.name === name)
    for (const { key, value } of of('search.impressions').filter(({ key }) => !key.endsWith('-broken'))) {
      expect(decode(topics.impressions.event, value).request_id).toBe(key)
    }
    for (const { key, value } of of('video.uploads')) expect(decode(topics.uploads.event, value).video_id).toBe(key)
  })

  it('names the most clicked videos first', async () => {
    const { platform, asked } = instantPlatform()
    const { summary } = await run(platform)
    expect(asked.videoIds).toBe(60)
    expect(summary!.hottest.map(({ clicks }) => clicks)).toEqual([59, 58, 57, 56, 55, 54, 53, 52])
  })

  it('stops at once when told to, without ending the input', async () => {
    const { platform, asked } = instantPlatform()
    const stop = new AbortController()
    const { summary } = await run(
      { ...platform, counts: (...args) => (stop.abort(), platform.counts(...args)) },
      stop.signal,
    )
    expect(summary).toBeUndefined()
    expect(asked.watermark).toBe(0)
  })

  it('fails when the platform does', async () => {
    const { platform } = instantPlatform()
    const broken = { ...platform, send: () => Promise.reject(new Error('no broker')) }
    await expect(run(broken)).rejects.toThrow('no broker')
  })
})

describe('the settings of the demo', () => {
  it.each([
    ['the demo', parameters],
    ['the fast demo', fastParameters],
  ])('of %s are a valid configuration', (_, p) => {
    expect(loadConfig(demoSettings(p)).time).toEqual(p.time)
  })
})
