import { describe, expect, it } from '@jest/globals'
import { behaviorLog, EVENTS_PER_REQUEST, GAP_MS, START_AT, type LogEvent } from '../../../bench/events.js'

const log = (seed: number, events = 20_000): LogEvent[] => [
  ...behaviorLog({ events, seed, startAt: START_AT, gapMs: GAP_MS }),
]

const events = log(1)

const shownAt = (all: readonly LogEvent[]): ReadonlyMap<string, number> =>
  new Map(all.flatMap(({ value }) => ('results' in value ? [[value.request_id, value.at] as const] : [])))

describe('the behavior log of the benchmarks', () => {
  it('is the same for the same seed, and has exactly as many events as were asked for', () => {
    expect(log(1, 2_000)).toEqual(log(1, 2_000))
    expect(events).toHaveLength(20_000)
    expect(log(2, 1)).not.toEqual(log(1, 1))
  })

  it('has ten results a request and the number of records a request that the benchmarks count with', () => {
    const requests = shownAt(events)
    expect(events.length / requests.size).toBeGreaterThan(EVENTS_PER_REQUEST * 0.95)
    expect(events.length / requests.size).toBeLessThan(EVENTS_PER_REQUEST * 1.08)
    const results = events.flatMap(({ value }) => ('results' in value ? [value.results.length] : []))
    expect(new Set(results)).toEqual(new Set([10]))
  })

  it('has disorder and repeated reactions, but nothing that comes too late for its window', () => {
    const requests = shownAt(events)
    const reactions = events.flatMap(({ value }) => ('results' in value ? [] : [value]))
    const after = reactions.map(({ request_id, at }) => at - requests.get(request_id)!)
    expect(Math.max(...after)).toBeLessThan(30 * 60_000)
    let latest = 0
    const behind = events.map(({ value }) => (latest = Math.max(latest, value.at)) - value.at)
    expect(Math.max(...behind)).toBeLessThan(120_000)
    expect(behind.filter((ms) => ms > 0).length).toBeGreaterThan(1_000)
    expect(new Set(reactions.map((value) => JSON.stringify(value))).size).toBeLessThan(reactions.length - 50)
  })
})
