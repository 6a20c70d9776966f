import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { parity, type Difference } from '../../../relabel/parity.js'
import { loadViewThresholds } from '../../../schemas/policies/view-thresholds.js'
import { always, type TimeRange } from '../../../stores/clickhouse/time-range.js'
import type { Warehouse } from '../../../stores/clickhouse/warehouse.js'
import { insertRows } from '../../../streams/sinks/insert-rows.js'
import { defaultLog, generateLog } from '../../chaos/generate.js'
import { topicOf, type LogRecord, type Phase } from '../../chaos/log.js'
import { click, shown, watch } from '../../helpers/behavior-events.js'
import { joinLog, type JoinedLog } from '../../helpers/joined-log.js'
import { sinkRecord } from '../../helpers/sink-records.js'
import { openTestWarehouse } from '../../helpers/warehouse.js'

const { windowMs } = defaultLog

describe('parity: streamed against recomputed outcomes', () => {
  let warehouse: Warehouse
  beforeAll(async () => {
    warehouse = await openTestWarehouse()
  })
  afterAll(() => warehouse.close())
  beforeEach(async () => {
    for (const table of ['raw_impressions', 'raw_clicks', 'raw_watches', 'outcomes', 'unused_records'])
      await warehouse.command(`TRUNCATE TABLE ${table}`)
  })

  const store = async ({ raw, outcomes, unused }: JoinedLog) => {
    await insertRows(warehouse)([...raw, ...outcomes, ...unused])
    await insertRows(warehouse)(raw.slice(0, 1000))
  }
  const compare = async (shown: TimeRange = always, listedVideos?: number) => {
    const differences: Difference[] = []
    const options = { shown, windowMs, thresholds: loadViewThresholds(), ...(listedVideos && { listedVideos }) }
    const run = parity(warehouse, options)
    for (;;) {
      const step = await run.next()
      if (step.done) return { compared: step.value, differences }
      differences.push(step.value)
    }
  }

  it.each([1, 2, 3])(
    'finds none in a log full of copies, disorder, orphans and late events (seed %i)',
    async (seed) => {
      const log = joinLog(generateLog({ ...defaultLog, seed, requests: 1500 }), defaultLog)
      expect([...reasons(log)].sort()).toEqual(['dead', 'duplicate', 'late', 'orphan'])
      await store(log)
      expect(await compare()).toEqual({ compared: rowsOf(log).length, differences: [] })
    },
  )

  it('compares the same in one part or in many, of all time or of slices of it', async () => {
    const log = joinLog(generateLog({ ...defaultLog, seed: 4, requests: 300 }), defaultLog)
    await store(log)
    expect(await compare(always, 600)).toEqual({ compared: rowsOf(log).length, differences: [] })
    const middle = log.outcomes[100]!.value.shown_at
    for (const shown of [
      { from: null, to: middle },
      { from: middle, to: null },
      { from: middle, to: middle + 5_000 },
    ]) {
      const expected = rowsOf(log).filter(({ shown_at: at }) => at >= (shown.from ?? 0) && at < (shown.to ?? Infinity))
      expect(await compare(shown, 200)).toEqual({ compared: expected.length, differences: [] })
    }
  })

  it('yields every row that differs, with both versions and the columns', async () => {
    const log = joinLog(
      [
        phase(
          { event: 'ResultsShown', value: shown({ variants: { b: '1', a: '2' } }) },
          { event: 'ResultClicked', value: click(5) },
          { event: 'VideoWatched', value: watch(9, 700, { duration_ms: 900, video_id: 'c' }) },
        ),
      ],
      defaultLog,
    )
    const [closed] = log.outcomes
    const [a, b, c] = closed!.value.outcomes
    const value = { ...closed!.value, variants: { a: '2', b: '1' } }
    const outcomes = [
      { ...a!, clicks: 2, long_view: true },
      { ...c!, completion: 0.7777777777777777 },
      { ...b!, video_id: 'x' },
    ]
    await store({ ...log, outcomes: [{ ...closed!, value: { ...value, outcomes } }] })
    const { compared, differences } = await compare()
    expect(compared).toBe(4)
    const byVideo = Object.fromEntries(differences.map((one) => [one.video_id, one]))
    expect(byVideo).toEqual({
      a: expect.objectContaining({ request_id: 'r1', shown_at: 0, columns: ['clicks', 'long_view'] }),
      b: expect.objectContaining({ streamed: null, columns: [] }),
      c: expect.objectContaining({ columns: ['completion'] }),
      x: expect.objectContaining({ recomputed: null, columns: [] }),
    })
    expect(byVideo['a']!.streamed).toMatchObject({
      clicks: 2,
      clicked: true,
      first_click_at: 5,
      variants: { a: '2', b: '1' },
    })
    expect(byVideo['a']!.recomputed).toMatchObject({ clicks: 1, position: 1, shown_at: 0, served_features_at: null })
    expect(byVideo['c']!.recomputed!.completion).toBe(700 / 900)
  })

  describe('where the join had to choose', () => {
    const agree = async (...events: Draft[]) => {
      const log = joinLog([phase(...events)], { windowMs, outOfOrdernessMs: 0 })
      await store(log)
      const { differences } = await compare()
      expect(differences).toEqual([])
      return rowsOf(log)
    }
    /** Moves event time on. */
    const time = (at: number): Draft[] => [
      { event: 'ResultsShown', value: shown({ request_id: `time ${at}`, at, results: [] }) },
      { event: 'ResultClicked', value: click(at, { request_id: `time ${at}` }) },
      { event: 'VideoWatched', value: watch(at, 1, { request_id: `time ${at}` }) },
    ]

    it('agrees on clicks that were given up, with a copy, before their impression came', async () => {
      const early = { event: 'ResultClicked', value: click(0) } as const
      const late = { event: 'ResultsShown', value: shown({ at: 2 * windowMs }) } as const
      const rows = await agree(early, early, ...time(windowMs), late)
      expect(rows.find(({ video_id }) => video_id === 'a')).toMatchObject({ clicks: 0 })
    })

    it('agrees on a copy of such a click that comes after the impression', async () => {
      const early = { event: 'ResultClicked', value: click(0) } as const
      const late = { event: 'ResultsShown', value: shown({ at: 2 * windowMs }) } as const
      const rows = await agree(early, ...time(windowMs), late, early, early)
      expect(rows.find(({ video_id }) => video_id === 'a')).toMatchObject({ clicks: 1 })
    })

    it('agrees on an impression that came late, followed by a copy that would have been in time', async () => {
      const late = { event: 'ResultsShown', value: shown() } as const
      const copy = { event: 'ResultsShown', value: shown({ at: windowMs, query: 'differs' }) } as const
      expect(await agree(...time(windowMs), late, copy)).toEqual([])
    })

    it('agrees on a request whose late impression is forgotten when another one comes', async () => {
      const late = { event: 'ResultsShown', value: shown() } as const
      const copy = { event: 'ResultsShown', value: shown({ at: 9 * windowMs, query: 'differs' }) } as const
      const rows = await agree(...time(windowMs), late, ...time(9 * windowMs), copy)
      expect(rows).toHaveLength(3)
      expect(rows[0]).toMatchObject({ query: 'differs' })
    })

    it('agrees that of watches that differ only in what does not tell them apart the first counts', async () => {
      const rows = await agree(
        { event: 'ResultsShown', value: shown() },
        { event: 'VideoWatched', value: watch(5, 10, { video_id: 'c', duration_ms: 20 }) },
        { event: 'VideoWatched', value: watch(5, 10, { video_id: 'c', duration_ms: 99, autoplay: true }) },
      )
      expect(rows.find(({ video_id }) => video_id === 'c')).toMatchObject({ duration_ms: 20, autoplay: false })
    })
  })

  it('misses the raw events of what was streamed', async () => {
    await store({ ...joinLog([phase({ event: 'ResultsShown', value: shown() })], defaultLog), raw: [] })
    const { compared, differences } = await compare()
    expect([compared, differences.map(({ recomputed }) => recomputed)]).toEqual([3, [null, null, null]])
  })

  it('is not deceived by a join that calls a record a duplicate of nothing', async () => {
    const log = joinLog([phase({ event: 'ResultsShown', value: shown() })], defaultLog)
    const lost = sinkRecord('ResultClicked', click(5), 0, { partition: 0 })
    const excuse = { partition: 0, entries: [{ topic: 'search.clicks', offset: 0, reason: 'duplicate' as const }] }
    await store({ ...log, raw: [...log.raw, lost], unused: [sinkRecord('RecordsUnused', excuse, 0)] })
    const { differences } = await compare()
    expect(differences).toEqual([
      expect.objectContaining({ video_id: 'a', columns: ['clicked', 'first_click_at', 'clicks'] }),
    ])
  })
})

type Draft = Exclude<LogRecord['content'], { event: 'bytes' }>

const phase = (...events: Draft[]): Phase => ({
  name: 'all',
  closedBefore: null,
  records: events.map((content, id) => ({ id, topic: topicOf[content.event], key: '', content, damage: null })),
})

const rowsOf = ({ outcomes }: JoinedLog) =>
  outcomes.flatMap(({ value }) => value.outcomes.map((outcome) => ({ ...value, ...outcome })))

const reasons = ({ unused }: JoinedLog): Set<string> =>
  new Set(unused.flatMap(({ value }) => value.entries.map(({ reason }) => reason)))
