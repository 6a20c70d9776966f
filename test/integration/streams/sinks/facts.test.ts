import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { Warehouse } from '../../../../stores/clickhouse/warehouse.js'
import type { SinkRecord } from '../../../../streams/sinks/sink.js'
import { storeEvents } from '../../../../streams/sinks/store-events.js'
import { generateLog, defaultLog } from '../../../chaos/generate.js'
import { factsOf } from '../../../chaos/oracle-facts.js'
import { isDead } from '../../../chaos/oracle-judge.js'
import { createRandom, type Random } from '../../../chaos/random.js'
import { click, shown, watch } from '../../../helpers/behavior-events.js'
import { sinkRecord } from '../../../helpers/sink-records.js'
import { openTestWarehouse } from '../../../helpers/warehouse.js'

type BehaviorRecord = SinkRecord<'ResultsShown' | 'ResultClicked' | 'VideoWatched'>

describe('impression_facts', () => {
  let warehouse: Warehouse
  let offset = 0
  beforeAll(async () => {
    warehouse = await openTestWarehouse()
  })
  afterAll(() => warehouse.close())
  beforeEach(() => warehouse.command('TRUNCATE TABLE impression_facts'))

  const store = (...records: BehaviorRecord[]) => storeEvents(warehouse).store(records)
  const facts = (columns: string) =>
    warehouse.rows(`SELECT video_id, ${columns} FROM impression_facts FINAL ORDER BY video_id`)
  const one = (event: BehaviorRecord['event'], value: BehaviorRecord['value']) =>
    sinkRecord(event, value, ++offset) as BehaviorRecord

  it('merges a click and watches that come before their impression', async () => {
    await store(one('VideoWatched', watch(9, 5_000)), one('ResultClicked', click(8)))
    expect(await facts('shown, shown_at, clicked, arraySum(mapValues(plays)) AS ms')).toEqual([
      { video_id: 'a', shown: false, shown_at: null, clicked: true, ms: 5_000 },
    ])
    await store(one('ResultsShown', shown({ at: 7 })))
    expect(await facts('shown, toUnixTimestamp64Milli(shown_at) AS at, clicked, query')).toEqual([
      { video_id: 'a', shown: true, at: 7, clicked: true, query: '围巾' },
      { video_id: 'b', shown: true, at: 7, clicked: false, query: '围巾' },
      { video_id: 'c', shown: true, at: 7, clicked: false, query: '围巾' },
    ])
  })

  it('adds up the largest watch time of each play, and takes no autoplay for a click', async () => {
    await store(
      one('VideoWatched', watch(2, 9_000, { autoplay: true })),
      one('VideoWatched', watch(1, 4_000, { autoplay: true })),
      one('VideoWatched', watch(3, 500, { play_id: 'p2' })),
    )
    expect(await facts('clicked, autoplay, plays')).toEqual([
      { video_id: 'a', clicked: false, autoplay: true, plays: { p1: 9_000, p2: 500 } },
    ])
  })

  it('counts a video listed twice as it was listed first', async () => {
    const results = [3, 1].map((position) => ({ video_id: 'a', position, duration_ms: position * 1000 }))
    await store(one('ResultsShown', shown({ results })))
    expect(await facts('position, shown_duration_ms')).toEqual([
      { video_id: 'a', position: 3, shown_duration_ms: 3000 },
    ])
  })

  it('belongs to the day on which it was shown, however late the click', async () => {
    const at = Date.UTC(2026, 0, 1, 23, 59)
    await store(one('ResultClicked', click(at + 3_600_000)), one('ResultsShown', shown({ at })))
    expect(await warehouse.rows(`SELECT imp_day, clicked FROM impressions WHERE video_id = 'a'`)).toEqual([
      { imp_day: '2026-01-01', clicked: true },
    ])
  })

  it.each([1, 2, 3])('is the same for every order, repetition and batching of the events (seed %i)', async (seed) => {
    const random = createRandom(seed)
    const records = behaviorRecords(seed)
    const again = records.filter(() => random.chance(0.5))
    for (const batch of batches(random, shuffled(random, [...records, ...again]))) await store(...batch)
    const stored = await warehouse.rows<object>(
      `SELECT request_id, video_id, shown, clicked, arraySum(mapValues(plays)) AS watched_ms
       FROM impression_facts FINAL ORDER BY request_id, video_id`,
    )
    expect(sorted(stored)).toEqual(sorted(expectedFacts(records)))
  })
})

/** The valid events of a log full of copies, disorder, orphans and late events. */
const behaviorRecords = (seed: number): BehaviorRecord[] =>
  generateLog({ ...defaultLog, seed, requests: 300 })
    .flatMap(({ records }) => records)
    .filter((record) => !isDead(record, Date.UTC(2026, 5, 1)))
    .map(({ id, content }) => {
      if (content.event === 'bytes') throw new Error('bytes are dead')
      return { ...sinkRecord(content.event, content.value, id) }
    })

const expectedFacts = (records: BehaviorRecord[]): object[] =>
  factsOf({
    shown: records.flatMap((record) => (record.event === 'ResultsShown' ? [record.value] : [])),
    clicks: records.flatMap((record) => (record.event === 'ResultClicked' ? [record.value] : [])),
    watches: records.flatMap((record) => (record.event === 'VideoWatched' ? [record.value] : [])),
  })

const sorted = (rows: object[]): string[] =>
  rows.map((row) => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))).sort()

const shuffled = <T>(random: Random, items: T[]): T[] =>
  items
    .map((item) => ({ item, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)

function batches<T>(random: Random, items: T[]): T[][] {
  const found: T[][] = []
  for (let start = 0; start < items.length;) {
    const size = random.int(1, 400)
    found.push(items.slice(start, start + size))
    start += size
  }
  return found
}
