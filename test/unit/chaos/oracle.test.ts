import { describe, expect, it } from '@jest/globals'
import type { VideoWatched } from '../../../schemas/events.js'
import { expectedOf } from '../../chaos/oracle.js'
import { playFlags } from '../../chaos/oracle-outcome.js'
import { clicked, phase, shown, SHOWN_AT, toDraft, watched } from './events.js'

const options = { windowMs: 60_000, outOfOrdernessMs: 20_000, maxDelayMs: 16_000, sentAt: SHOWN_AT + 3_600_000 }
const after = (...events: Parameters<typeof phase>[0]) => expectedOf([phase(events)], options)
const verdictsOf = ({ verdicts }: ReturnType<typeof after>) =>
  [...verdicts.values()].sort((a, b) => a.record.id - b.record.id).map(({ allowed }) => allowed.join('|'))

describe('oracle: outcomes', () => {
  it('writes one full row for a shown video that was clicked and watched', () => {
    const { outcomes } = after(
      shown({ variants: { ranker: 'base' }, model_set: 'm', served_features_at: 5 }),
      clicked(1000),
      clicked(900),
      watched(2000, 6000),
      watched(3000, 19_000),
      watched(3000, 500, { play_id: 'q', autoplay: true }),
    )
    expect(outcomes).toEqual([
      {
        request_id: 'r',
        user_id: 'ann',
        query: 'cat',
        shown_at: SHOWN_AT,
        device: 'phone',
        variants: { ranker: 'base' },
        model_set: 'm',
        served_features_at: 5,
        video_id: 'v',
        position: 1,
        clicked: true,
        first_click_at: SHOWN_AT + 900,
        clicks: 2,
        watched_ms: 19_500,
        duration_ms: 20_000,
        completion: 0.975,
        valid_play: true,
        long_view: true,
        short_play: false,
        complete: false,
        autoplay: true,
      },
    ])
  })

  it('writes a row of nothing for a video that was only shown', () => {
    const [row] = after(shown()).outcomes
    expect(row).toMatchObject({ clicked: false, first_click_at: null, clicks: 0, watched_ms: 0, completion: 0 })
    expect(row).toMatchObject({ valid_play: false, long_view: false, short_play: false, complete: false })
  })

  it('takes the first entry of a video listed twice', () => {
    const results = [
      { video_id: 'v', position: 3, duration_ms: null },
      { video_id: 'w', position: 2, duration_ms: 0 },
      { video_id: 'v', position: 1, duration_ms: 9000 },
    ]
    const { outcomes } = after(shown({ results }))
    expect(outcomes.map(({ video_id, position, duration_ms }) => [video_id, position, duration_ms])).toEqual([
      ['v', 3, null],
      ['w', 2, null],
    ])
  })

  it.each<[name: string, impression: number | null, watches: (number | null)[], expected: number | null]>([
    ['the impression knows best', 10_000, [99_000], 10_000],
    ['zero is unknown', 0, [], null],
    ['the largest of the watches helps out', null, [5000, null, 8000, 0], 8000],
    ['zero on watches is unknown', 0, [0, 0], null],
  ])('finds the duration: %s', (_, impression, watches, expected) => {
    const results = [{ video_id: 'v', position: 1, duration_ms: impression }]
    const records = watches.map((duration_ms, n): VideoWatched => watched(n, 1000 + n, { duration_ms }))
    expect(after(shown({ results }), ...records).outcomes[0]!.duration_ms).toBe(expected)
  })

  it.each<[watched: number, duration: number | null, flags: string]>([
    [0, 0, ''],
    [0, null, ''],
    [499, 500, 'valid long short'],
    [6999, 7000, ''],
    [7000, 7999, 'valid long'],
    [7999, 8000, ''],
    [8000, 8000, 'valid long complete'],
    [8000, 9000, 'valid'],
    [7999, null, ''],
    [8000, null, 'valid'],
    [17_999, null, 'valid'],
    [18_000, null, 'valid long'],
    [18_000, 18_999, 'valid long'],
    [17_999, 18_000, 'valid'],
    [18_000, 19_000, 'valid long'],
    [2999, null, 'short'],
    [3000, null, ''],
    [2999, 2999, 'valid long complete'],
    [2998, 2999, 'valid long short'],
    [70_000, 60_000, 'valid long complete'],
  ])('flags %d ms of %s: %s', (watchedMs, duration, expected) => {
    const flags = playFlags(watchedMs, duration)
    const set = [
      flags.valid_play && 'valid',
      flags.long_view && 'long',
      flags.short_play && 'short',
      flags.complete && 'complete',
    ]
    expect(set.filter(Boolean).join(' ')).toBe(expected)
  })
})

describe('oracle: what counts', () => {
  it('ends the window at exactly shown_at + window, and lets clocks run behind', () => {
    const result = after(shown(), clicked(59_999), clicked(60_000), clicked(60_001), clicked(-5000))
    expect(verdictsOf(result)).toEqual(['used', 'used', 'late', 'late', 'used'])
    expect(result.outcomes[0]).toMatchObject({ clicks: 2, first_click_at: SHOWN_AT - 5000 })
  })

  it('leaves open whether a very late click is late or of a forgotten request', () => {
    expect(verdictsOf(after(shown(), clicked(63_999), clicked(64_000)))).toEqual(['used', 'late', 'late|orphan'])
  })

  it('counts clicks that come before their impression', () => {
    expect(verdictsOf(after(clicked(10), watched(20, 5), shown()))).toEqual(['used', 'used', 'used'])
  })

  it('calls equal records duplicates, and equal ones only', () => {
    const result = after(
      shown(),
      clicked(10),
      clicked(10, { position: 7 }),
      clicked(11),
      watched(10, 500),
      watched(10, 500, { autoplay: true, duration_ms: 9 }),
      watched(10, 501),
      watched(10, 500, { play_id: 'q' }),
      shown({ query: 'dog' }),
    )
    expect(verdictsOf(result)).toEqual([
      'used',
      'used',
      'duplicate',
      'used',
      'used',
      'duplicate',
      'used',
      'used',
      'duplicate',
    ])
    expect(result.outcomes).toHaveLength(1)
    expect(result.outcomes[0]).toMatchObject({ query: 'cat', clicks: 2, watched_ms: 1001, autoplay: false })
  })

  it('makes orphans of clicks on unknown requests and on videos that were not shown', () => {
    const result = after(
      shown(),
      clicked(1, { video_id: 'w' }),
      clicked(1, { request_id: 'x' }),
      clicked(1, { request_id: 'x' }),
    )
    expect(verdictsOf(result)).toEqual(['used', 'orphan', 'orphan', 'orphan|duplicate'])
    expect(result.outcomes).toHaveLength(1)
  })

  it('takes nothing that comes after its window has closed', () => {
    const closed = SHOWN_AT + 60_000
    const events = [clicked(10), shown(), shown({ request_id: 'new' }), clicked(10, { request_id: 'new' })]
    const late = phase(events, closed, 1)
    const result = expectedOf([phase([shown()]), late], options)
    expect(verdictsOf(result)).toEqual(['used', 'late|orphan', 'late', 'late', 'orphan|late'])
    expect(result.outcomes).toHaveLength(1)
    expect(result.outcomes[0]!.clicks).toBe(0)
    expect(result.facts.map(({ request_id, clicked }) => [request_id, clicked])).toEqual([
      ['r', true],
      ['new', true],
    ])
  })

  it('calls dead what breaks a limit, and nothing that just keeps it', () => {
    const year = 365 * 86_400_000
    const result = after(
      shown({ query: '😀'.repeat(1000) }),
      shown({ query: 'x'.repeat(1001) }),
      clicked(year),
      clicked(1, { video_id: '' }),
      watched(1, -1),
      { ...toDraft(clicked(1)), damage: 'truncated' },
      { ...toDraft(clicked(1)), topic: 'search.impressions' },
      { topic: 'search.clicks', key: 'r', content: { event: 'bytes', value: null }, damage: null },
    )
    expect(verdictsOf(result)).toEqual(['used', 'dead', 'dead', 'dead', 'dead', 'dead', 'dead', 'dead'])
  })

  it('accounts for every record of every topic', () => {
    const { accounts } = after(
      shown(),
      shown(),
      clicked(1),
      clicked(1),
      clicked(60_000),
      clicked(1, { request_id: 'x' }),
      watched(1, -1),
    )
    const none = { least: 0, most: 0 }
    const one = { least: 1, most: 1 }
    expect(accounts).toEqual({
      'search.impressions': { in: 2, used: 1, dead: 0, unused: 1, duplicate: one, late: none, orphan: none },
      'search.clicks': { in: 4, used: 1, dead: 0, unused: 3, duplicate: one, late: one, orphan: one },
      'video.watches': { in: 1, used: 0, dead: 1, unused: 0, duplicate: none, late: none, orphan: none },
    })
  })
})

describe('oracle: facts', () => {
  it('adds up the maxima of plays, and takes an autoplay for no click', () => {
    const events = [shown(), watched(1, 300), watched(2, 200), watched(3, 50, { play_id: 'q', autoplay: true })]
    expect(after(...events, ...events).facts).toEqual([
      { request_id: 'r', video_id: 'v', shown: true, clicked: false, watched_ms: 350 },
    ])
  })
})
