import { describe, expect, it } from '@jest/globals'
import { loadViewThresholds } from '../../../../schemas/policies/view-thresholds.js'
import { joinOutcomes } from '../../../../streams/behavior/join-outcomes.js'
import { drive, type Driver } from '../../../../streams/runtime/drive.js'
import { topics } from '../../../../streams/topics.js'
import { click, shown, watch } from '../../../helpers/behavior-events.js'

const WINDOW = 1000
const fold = joinOutcomes({ windowMs: WINDOW, thresholds: loadViewThresholds(), announceMs: 100 })
const start = () => drive(fold)

/** Moves every input's time, and so the watermark, to `at`. */
const pass = <E>(driver: Driver<E>, at: number): Driver<E> => {
  for (const topic of [topics.impressions, topics.clicks, topics.watches]) driver.send(topic, { watermark: at })
  return driver
}

const rows = <E>(driver: Driver<E>) =>
  driver
    .emitted(topics.outcomes)
    .flatMap(({ request_id, outcomes }) =>
      outcomes.map(({ video_id, clicks, watched_ms }) => ({ request_id, video_id, clicks, watched_ms })),
    )

describe('join-outcomes: impressions, clicks, watches → outcomes', () => {
  it('emits one record for the whole request when the watermark reaches the end of its window, not before', () => {
    const driver = start().send(topics.impressions, shown()).send(topics.clicks, click(10))
    expect(rows(pass(driver, WINDOW - 1))).toEqual([])
    expect(rows(pass(driver, WINDOW))).toEqual([
      { request_id: 'r1', video_id: 'a', clicks: 1, watched_ms: 0 },
      { request_id: 'r1', video_id: 'b', clicks: 0, watched_ms: 0 },
      { request_id: 'r1', video_id: 'c', clicks: 0, watched_ms: 0 },
    ])
  })

  it('takes reactions that come before their impression', () => {
    const driver = start()
      .send(topics.clicks, click(10))
      .send(topics.watches, watch(20, 5))
      .send(topics.impressions, shown())
    expect(rows(pass(driver, WINDOW))[0]).toEqual({ request_id: 'r1', video_id: 'a', clicks: 1, watched_ms: 5 })
    expect(driver.account(topics.clicks)).toMatchObject({ used: 1, orphan: 0 })
  })

  it('counts an event just before the end of the window, and calls one at the end late', () => {
    const driver = start()
      .send(topics.impressions, shown())
      .send(topics.clicks, click(WINDOW - 1), click(WINDOW))
    expect(rows(pass(driver, WINDOW))[0]).toMatchObject({ clicks: 1 })
    expect(driver.account(topics.clicks)).toMatchObject({ used: 1, late: 1 })
  })

  it('counts each copy once as a duplicate, also a copy of a late or an orphaned event', () => {
    const orphan = click(5, { video_id: 'nowhere' })
    const driver = start()
      .send(topics.impressions, shown(), shown({ query: 'differs' }))
      .send(topics.clicks, click(10), click(10), click(WINDOW), click(WINDOW), orphan, orphan)
      .send(topics.watches, watch(20, 5), watch(20, 5))
    expect(driver.account(topics.impressions)).toMatchObject({ used: 1, duplicate: 1 })
    expect(driver.account(topics.clicks)).toEqual({ used: 1, duplicate: 3, late: 1, orphan: 1, dead: 0 })
    expect(driver.account(topics.watches)).toMatchObject({ used: 1, duplicate: 1 })
  })

  it('orphans an unmatched reaction when the watermark reaches its time plus the window', () => {
    const driver = pass(start().send(topics.clicks, click(10)), 10 + WINDOW - 1)
    expect(driver.account(topics.clicks)).toMatchObject({ orphan: 0 })
    expect(pass(driver, 10 + WINDOW).account(topics.clicks)).toMatchObject({ orphan: 1 })
    expect(driver.stateSize).toBe(0)
  })

  it('remembers a closed request until the watermark has passed its end, then takes a copy for a late request', () => {
    const driver = pass(start().send(topics.impressions, shown()), WINDOW).send(topics.impressions, shown())
    expect(driver.account(topics.impressions)).toMatchObject({ used: 1, duplicate: 1 })
    pass(driver, WINDOW + 1).send(topics.impressions, shown())
    expect(driver.account(topics.impressions)).toEqual({ used: 1, duplicate: 1, late: 1, orphan: 0, dead: 0 })
    expect(driver.emitted(topics.outcomes)).toHaveLength(1)
  })

  it('tells topic, offset and reason of every record that it did not use', () => {
    const driver = start()
      .send(topics.impressions, shown(), shown())
      .send(topics.clicks, click(WINDOW))
      .sendBytes(topics.watches, Buffer.from('nonsense'))
    expect(driver.emitted(topics.unused).flatMap(({ entries }) => entries)).toEqual([
      { topic: 'search.impressions', offset: 1, reason: 'duplicate' },
      { topic: 'search.clicks', offset: 0, reason: 'late' },
      { topic: 'video.watches', offset: 0, reason: 'dead' },
    ])
  })

  it('dead-letters bytes that nobody can read, with the bytes and the position', () => {
    const [letter] = start().sendBytes(topics.clicks, Buffer.from('nonsense')).emitted(topics.deadLetters)
    expect(letter).toMatchObject({
      stream: 'join-outcomes',
      code: 'RECORD_UNDECODABLE',
      topic: 'search.clicks',
      offset: 0,
    })
    expect(letter!.value!.toString()).toBe('nonsense')
  })

  it('reports what each event changes in the engagement tiles, and nothing twice', () => {
    const driver = start().send(
      topics.impressions,
      shown({ results: [{ video_id: 'a', position: 1, duration_ms: 2000 }] }),
    )
    driver.send(topics.clicks, click(10), click(10)).send(topics.watches, watch(20, 1000), watch(30, 2000))
    const deltas = driver.emitted(topics.engagementDeltas).flatMap((change) => change.deltas)
    expect(deltas).toEqual([
      {
        video_id: 'a',
        query: '围巾',
        tile: 0,
        impressions: 1,
        clicks: 1,
        watched_ms: 2000,
        long_clicks: 1,
        completes: 1,
      },
    ])
  })
})
