import { describe, expect, it } from '@jest/globals'
import { crowd } from '../../../demo/crowd.js'
import type { CrowdEvent, CrowdEventName, CrowdRecord } from '../../../demo/crowd-event.js'
import { fastParameters, parameters } from '../../../demo/parameters.js'
import { RecordError } from '../../../errors/errors.js'
import { decode, encode } from '../../../schemas/codec.js'
import { validateEvent } from '../../../schemas/validate.js'

const START_MS = 1_700_000_000_000
const options = { parameters, startMs: START_MS, run: 'r' }
const records = [...crowd(options)]
const fast = [...crowd({ ...options, parameters: fastParameters })]

const take = (some: Iterable<CrowdRecord>, count: number) => {
  const taken: CrowdRecord[] = []
  for (const record of some) if (taken.push(record) === count) break
  return taken
}
const eventsOf = <Name extends CrowdEventName>(all: CrowdRecord[], name: Name) =>
  all.flatMap((record) =>
    'event' in record && record.event.name === name ? [record.event as Extract<CrowdEvent, { name: Name }>] : [],
  )
const distinct = <Value>(values: Value[]): Value[] =>
  [...new Set(values.map((v) => JSON.stringify(v)))].map((text) => JSON.parse(text) as Value)

const pages = distinct(eventsOf(records, 'ResultsShown').map((event) => event.value)).filter(
  (page) => page.results.length === 8,
)
const clicks = distinct(eventsOf(records, 'ResultClicked').map((event) => event.value))
const clicked = new Set(clicks.map((click) => `${click.request_id} ${click.video_id}`))

/** Share of results clicked, over the results that a filter lets through. */
const ctr = (wanted: (page: (typeof pages)[number], position: number) => boolean) => {
  const shown = pages.flatMap((page) =>
    page.results
      .filter((result) => wanted(page, result.position))
      .map((result) => `${page.request_id} ${result.video_id}`),
  )
  return shown.filter((key) => clicked.has(key)).length / shown.length
}

describe('the crowd', () => {
  it('sends the same records for the same seed', () => {
    expect([...crowd({ ...options, parameters: fastParameters })]).toEqual(fast)
  })

  it('sends other records for another seed', () => {
    const other = crowd({ ...options, parameters: { ...parameters, seed: parameters.seed + 1 } })
    expect(take(other, 1_500)).not.toEqual(records.slice(0, 1_500))
  })

  it('sends the same beginning however long one listens', () => {
    expect(take(crowd(options), 1_500)).toEqual(records.slice(0, 1_500))
  })

  it('sends in order of time, within the run', () => {
    const times = records.map((record) => record.sendAt)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(times[0]).toBeGreaterThanOrEqual(START_MS)
    expect(times.at(-1)).toBeLessThanOrEqual(START_MS + parameters.durationMs)
  })

  it('sends nothing before it happened, except from the year 2100', () => {
    const early = records.filter((record) => 'event' in record && record.event.value.at > record.sendAt)
    expect(early.length).toBeGreaterThan(0)
    expect(early.every((record) => record.broken)).toBe(true)
  })

  it('sends events that are accepted, all but the broken ones', () => {
    for (const record of records) {
      if ('event' in record) encode(record.event.name, record.event.value as never)
      const check = () => {
        if (!('event' in record)) decode(record.topic.event, record.bytes)
        else validateEvent(record.event.name, record.event.value as never, { receivedAt: record.sendAt })
      }
      if (record.broken) expect(check).toThrow(RecordError)
      else check()
    }
  })

  it('asks and clicks as a crowd does: a short head and a long tail of queries', () => {
    const counts = new Map<string, number>()
    for (const page of pages) counts.set(page.query, (counts.get(page.query) ?? 0) + 1)
    const sorted = [...counts.values()].sort((a, b) => b - a)
    const head = sorted.slice(0, 10).reduce((sum, n) => sum + n, 0)
    expect(head / pages.length).toBeGreaterThan(0.3)
    expect(sorted.filter((n) => n === 1).length).toBeGreaterThan(200)
  })

  it('clicks less the lower a result is shown', () => {
    const byPosition = [1, 2, 3, 4, 5, 6, 7, 8].map((wanted) => ctr((_, position) => position === wanted))
    expect(byPosition[0]).toBeGreaterThan(1.5 * byPosition[1]!)
    expect(byPosition[1]).toBeGreaterThan(1.5 * byPosition[3]!)
    expect(byPosition[3]).toBeGreaterThan(1.5 * byPosition[6]!)
  })

  it('is better served by the treatment, and each user sees one variant', () => {
    const variantOf = (page: (typeof pages)[number]) => page.variants.ranker
    expect(ctr((page) => variantOf(page) === 'treatment')).toBeGreaterThan(
      1.08 * ctr((page) => variantOf(page) === 'control'),
    )
    const seen = new Set(pages.map((page) => `${page.user_id} ${variantOf(page)}`))
    expect(seen.size).toBe(new Set(pages.map((page) => page.user_id)).size)
  })

  it('clicks twice on a result page now and then, and mostly once or never', () => {
    const perPage = new Map(pages.map((page) => [page.request_id, 0]))
    for (const { request_id: id } of clicks) perPage.set(id, (perPage.get(id) ?? 0) + 1)
    const share = (n: number) => [...perPage.values()].filter((count) => count === n).length / pages.length
    expect(share(0)).toBeGreaterThan(0.2)
    expect(share(1)).toBeGreaterThan(share(2))
    expect(share(2)).toBeGreaterThan(0)
  })

  it('reports cumulative playing time in each play, up to the length of the video and sometimes beyond', () => {
    const plays = new Map<string, { at: number; watched_ms: number; duration_ms: number | null }[]>()
    for (const { value } of eventsOf(records, 'VideoWatched')) {
      if (value.watched_ms >= 0) plays.set(value.play_id, [...(plays.get(value.play_id) ?? []), value])
    }
    for (const beats of plays.values()) {
      const byTime = [...beats].sort((a, b) => a.at - b.at || a.watched_ms - b.watched_ms)
      expect(byTime.map((beat) => beat.watched_ms)).toEqual(byTime.map((beat) => beat.watched_ms).sort((a, b) => a - b))
    }
    const last = [...plays.values()].map((beats) => beats.reduce((a, b) => (a.watched_ms > b.watched_ms ? a : b)))
    const complete = last.filter((beat) => beat.duration_ms !== null && beat.watched_ms >= beat.duration_ms)
    expect(complete.length / last.length).toBeGreaterThan(0.1)
    expect(last.some((beat) => beat.duration_ms !== null && beat.watched_ms > beat.duration_ms)).toBe(true)
    expect(last.some((beat) => beat.duration_ms === null)).toBe(true)
  })

  it('autoplays the first result now and then, without a click', () => {
    const autoplays = eventsOf(records, 'VideoWatched').filter(({ value }) => value.autoplay)
    const first = new Map(pages.map((page) => [page.request_id, page.results[0]!.video_id]))
    const known = autoplays.filter(({ value }) => first.has(value.request_id))
    expect(known.length / pages.length).toBeGreaterThan(0.1)
    expect(known.every(({ value }) => value.video_id === first.get(value.request_id))).toBe(true)
  })
})

describe.each([
  ['the demo', records, parameters],
  ['the fast demo', fast, fastParameters],
])('the network of %s', (_, all, p) => {
  const share = (part: number) => part / all.length
  const shownAt = new Map(eventsOf(all, 'ResultsShown').map(({ value }) => [value.request_id, value.at]))

  it('delivers some records twice', () => {
    const copies = all.length - new Set(all.map((record) => JSON.stringify({ ...record, sendAt: 0 }))).size
    expect(share(copies)).toBeGreaterThan(0.01)
    expect(share(copies)).toBeLessThan(0.05)
  })

  it('delivers out of order, and mostly within the bound', () => {
    let newest = 0
    const behind: number[] = []
    for (const record of all) {
      if (!('event' in record) || record.broken) continue
      behind.push(newest - record.event.value.at)
      newest = Math.max(newest, record.event.value.at)
    }
    expect(share(behind.filter((ms) => ms > 0).length)).toBeGreaterThan(0.2)
    const beyond = behind.filter((ms) => ms > p.time.outOfOrdernessMs).length
    expect(beyond).toBeGreaterThan(0)
    expect(share(beyond)).toBeLessThan(0.01)
  })

  it('loses a few impressions, and brings a few clicks after the window', () => {
    const behavior = all.flatMap((record) =>
      'event' in record && (record.event.name === 'ResultClicked' || record.event.name === 'VideoWatched')
        ? [record.event.value]
        : [],
    )
    const orphans = behavior.filter((value) => !shownAt.has(value.request_id))
    const late = behavior.filter((value) => value.at >= (shownAt.get(value.request_id) ?? Infinity) + p.time.windowMs)
    for (const few of [orphans, late]) {
      expect(few.length).toBeGreaterThan(0)
      expect(share(few.length)).toBeLessThan(0.02)
    }
  })

  it('carries every kind of broken record at least once', () => {
    const broken = all.filter((record) => record.broken)
    const kinds = new Set(
      broken.map((record) =>
        'event' in record ? JSON.stringify({ ...record.event.value, at: 0, request_id: '' }) : record.bytes.length,
      ),
    )
    expect(kinds.size).toBeGreaterThanOrEqual(5)
    expect(share(broken.length)).toBeLessThan(0.01)
  })
})
