import { describe, expect, it } from '@jest/globals'
import { defaultLog, generateLog, maxDelayMs } from '../../chaos/generate.js'
import { inputTopics, type Phase } from '../../chaos/log.js'
import { expectedOf } from '../../chaos/oracle.js'
import { isDead } from '../../chaos/oracle-judge.js'

const options = { ...defaultLog, requests: 1500 }
const sentAt = options.startAt + 86_400_000
const oracle = { ...options, maxDelayMs: maxDelayMs(options), sentAt }
const log = generateLog(options)
const expected = expectedOf(log, oracle)

const countBy = (names: string[]): Record<string, number> =>
  names.reduce<Record<string, number>>((counts, name) => ({ ...counts, [name]: (counts[name] ?? 0) + 1 }), {})

describe('chaos log', () => {
  it('is the same for the same seed, and another for another', () => {
    const small = { ...options, requests: 100 }
    const written = (seed: number) => JSON.stringify(generateLog({ ...small, seed }))
    expect(written(1)).toBe(written(1))
    expect(written(2)).not.toBe(written(1))
  })

  it('stays inside the out-of-orderness over all topics together, but for what is late on purpose', () => {
    const inOrder = log.map(({ closedBefore, records }) => {
      let last = 0
      let worst = 0
      for (const { content } of records.filter((record) => !isDead(record, sentAt))) {
        if (content.event === 'bytes' || (closedBefore !== null && content.value.at < closedBefore)) continue
        worst = Math.max(worst, last - content.value.at)
        last = Math.max(last, content.value.at)
      }
      return worst
    })
    expect(Math.max(...inOrder)).toBeLessThan(options.outOfOrdernessMs)
    expect(Math.max(...inOrder)).toBeGreaterThan(options.outOfOrdernessMs / 2)
  })

  it('leaves no window undecided when the late phase begins', () => {
    const closedBefore = log[2]!.closedBefore!
    const [main, ...afterwards] = log.map(({ records }) =>
      records.flatMap((record) =>
        !isDead(record, sentAt) && record.content.event === 'ResultsShown' ? [record.content.value] : [],
      ),
    )
    expect(Math.max(...main!.map(({ at }) => at + options.windowMs))).toBeLessThanOrEqual(closedBefore)
    const normal = afterwards.flat().filter(({ request_id }) => request_id.startsWith('next'))
    expect(normal.length).toBeGreaterThan(200)
    expect(Math.min(...normal.map(({ at }) => at + options.windowMs))).toBeGreaterThan(closedBefore)
  })

  it('brings in every kind of trouble, on every topic', () => {
    for (const topic of inputTopics) {
      const { used, dead, duplicate, late } = expected.accounts[topic]
      expect({ topic, rare: Math.min(used, dead, duplicate.least, late.most) > 3 }).toEqual({ topic, rare: true })
    }
    expect(expected.accounts['search.clicks'].late.least).toBeGreaterThan(5)
    expect(expected.accounts['search.clicks'].orphan.least).toBeGreaterThan(5)
    expect(expected.emptyRequests.length).toBeGreaterThan(5)
    expect(expected.outcomes.filter(({ query }) => query === '').length).toBeGreaterThan(50)
    expect(expected.outcomes.filter(({ duration_ms }) => duration_ms === null).length).toBeGreaterThan(50)
  })

  it('reaches every grade and reason of both policies', () => {
    const seen = countBy(expected.samples.map((s) => `${s.domain} ${s.grade} ${s.reason}`))
    expect(Object.keys(seen).sort()).toEqual([
      'content 0 bounced',
      'content 0 skipped-above',
      'content 1 weak-watch',
      'content 2 watched',
      'content 3 satisfied',
      'perception 0 skipped-above',
      'perception 1 clicked',
    ])
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(5)
  })

  it('means the same however the topics interleave', () => {
    const byTopic = (phase: Phase): Phase => ({
      ...phase,
      records: inputTopics.toReversed().flatMap((topic) => phase.records.filter((record) => record.topic === topic)),
    })
    const other = expectedOf(log.map(byTopic), oracle)
    const sorted = (rows: object[]) => rows.map((row) => JSON.stringify(row)).sort()
    expect(sorted(other.outcomes)).toEqual(sorted(expected.outcomes))
    expect(sorted(other.tiles)).toEqual(sorted(expected.tiles))
    expect(other.accounts).toEqual(expected.accounts)
  })

  it('counts the same in outcomes and in tiles', () => {
    const overall = expected.tiles.filter(({ query }) => query === null)
    const perQuery = expected.tiles.filter(({ query }) => query !== null)
    const total = (tiles: typeof overall) => ({
      impressions: tiles.reduce((sum, tile) => sum + tile.impressions, 0),
      clicks: tiles.reduce((sum, tile) => sum + tile.clicks, 0),
      watched_ms: tiles.reduce((sum, tile) => sum + tile.watched_ms, 0),
      long_clicks: tiles.reduce((sum, tile) => sum + tile.long_clicks, 0),
      completes: tiles.reduce((sum, tile) => sum + tile.completes, 0),
    })
    expect(total(overall)).toEqual(total(perQuery))
    expect(total(overall)).toEqual({
      impressions: expected.outcomes.length,
      clicks: expected.outcomes.filter(({ clicked }) => clicked).length,
      watched_ms: expected.outcomes.reduce((sum, { watched_ms }) => sum + watched_ms, 0),
      long_clicks: expected.outcomes.filter(({ clicked, long_view }) => clicked && long_view).length,
      completes: expected.outcomes.filter(({ complete }) => complete).length,
    })
  })
})
