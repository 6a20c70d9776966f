import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { outcomeColumns, printed, sampleColumns } from '../../../relabel/columns.js'
import { relabel, type RelabelOptions } from '../../../relabel/relabel.js'
import { readCalibrations } from '../../../relabel/calibrations.js'
import type { Outcome, ResultClicked, ResultsShown, TrainingSample, VideoWatched } from '../../../schemas/events.js'
import { loadViewThresholds } from '../../../schemas/policies/view-thresholds.js'
import { always } from '../../../stores/clickhouse/time-range.js'
import type { Warehouse } from '../../../stores/clickhouse/warehouse.js'
import { loadLabelPolicy } from '../../../streams/behavior/label-policy.js'
import { labelRequest } from '../../../streams/behavior/label-samples.js'
import { insertRows } from '../../../streams/sinks/insert-rows.js'
import { defaultLog, generateLog } from '../../chaos/generate.js'
import { outcomeOf, shownVideos } from '../../chaos/oracle-outcome.js'
import { click, shown, watch } from '../../helpers/behavior-events.js'
import { joinLog, type JoinedLog } from '../../helpers/joined-log.js'
import { calibration } from '../../helpers/outcomes.js'
import { sinkRecord } from '../../helpers/sink-records.js'
import { openTestWarehouse } from '../../helpers/warehouse.js'

const { windowMs } = defaultLog
const policies = [loadLabelPolicy('perception-v1'), loadLabelPolicy('content-v1')]
const skewed = calibration({ version: 'skewed', grid_all: Array.from({ length: 101 }, (_, k) => (k / 100) ** 2) })

describe('relabel: raw events → outcomes and samples as if every record had come in time', () => {
  let warehouse: Warehouse
  beforeAll(async () => {
    warehouse = await openTestWarehouse()
  })
  afterAll(() => warehouse.close())
  beforeEach(async () => {
    const written = [
      'outcomes',
      'samples',
      'unused_records',
      'relabelled_outcomes',
      'relabelled_samples',
      'calibrations',
    ]
    for (const table of ['raw_impressions', 'raw_clicks', 'raw_watches', ...written])
      await warehouse.command(`TRUNCATE TABLE ${table}`)
  })

  const run = (more: Partial<RelabelOptions> = {}) =>
    relabel(warehouse, {
      ...{ shown: always, windowMs, thresholds: loadViewThresholds(), policies, calibrations: [] },
      ...more,
    })
  const outcomes = () => readAll<Outcome>(warehouse, 'current_outcomes', outcomeColumns)
  const samples = () => readAll<TrainingSample>(warehouse, 'current_samples', sampleColumns)
  const storeStreamed = async (log: JoinedLog) => {
    const streamed = log.outcomes.flatMap(({ value }) => labelRequest(value, policies, []).samples)
    const rows = streamed.map((sample, offset) => sinkRecord('TrainingSample', sample, offset))
    await insertRows(warehouse)([...log.raw, ...log.outcomes, ...log.unused, ...rows])
    return streamed
  }

  it.each([1, 2, 3])('takes late records and orphans in, and equals a plain computation (seed %i)', async (seed) => {
    const log = joinLog(generateLog({ ...defaultLog, seed, requests: 1000 }), defaultLog)
    await storeStreamed(log)
    await insertRows(warehouse)([sinkRecord('CalibrationPublished', skewed, 0)])
    const expected = expectedOutcomes(log.raw)
    const progress = await run({ calibrations: await readCalibrations(warehouse), listedVideos: 5_000 })
    expect(keyed(await outcomes())).toEqual(keyed(expected.flat()))
    const expectedSamples = expected.flatMap((together) => samplesOf(together))
    expect(keyed(await samples())).toEqual(keyed(expectedSamples))
    expect(progress).toMatchObject({ outcomes: expected.flat().length, samples: expectedSamples.length, done: 1 })
    expect(expectedSamples.some((sample) => sample.calibration === 'skewed' && sample.quantile !== null)).toBe(true)
  })

  it('changes only what was shown in the range, and gives the same when it is run again', async () => {
    const log = joinLog(generateLog({ ...defaultLog, seed: 4, requests: 400 }), defaultLog)
    const streamed = await storeStreamed(log)
    const [from, to] = [log.outcomes[100]!.value.shown_at, log.outcomes[200]!.value.shown_at]
    const inside = ({ shown_at }: { shown_at: number }) => shown_at >= from && shown_at < to
    const expected = [...rowsOf(log).filter((row) => !inside(row)), ...expectedOutcomes(log.raw).flat().filter(inside)]
    const expectedSamples = [
      ...streamed.filter((row) => !inside(row)),
      ...expectedOutcomes(log.raw).flatMap((rows) => samplesOf(rows.filter(inside), [])),
    ]
    for (let times = 0; times < 3; times++) {
      await run({ shown: { from, to } })
      expect(keyed(await outcomes())).toEqual(keyed(expected))
      expect(keyed(await samples())).toEqual(keyed(expectedSamples))
    }
  })

  it('hides a sample whose row has no grade any more, and brings it back when it has one again', async () => {
    await storeStreamed(joinLog(phases(shown(), click(9, { video_id: 'c' })), defaultLog))
    const skippedA = { video_id: 'a', domain: 'perception', reason: 'skipped-above' }
    expect(await samples()).toContainEqual(expect.objectContaining(skippedA))
    await insertRows(warehouse)([sinkRecord('VideoWatched', watch(5, 60_000, { autoplay: true }), 0)])
    await run()
    expect(await samples()).not.toContainEqual(expect.objectContaining({ video_id: 'a', domain: 'perception' }))
    expect(await warehouse.rows(`SELECT count() AS n FROM current_samples WHERE policy = 'perception-v1'`)).toEqual([
      { n: 2 },
    ])
    await warehouse.command('TRUNCATE TABLE raw_watches')
    await run()
    expect(await samples()).toContainEqual(expect.objectContaining(skippedA))
  })

  it('hides the outcome of a copy when the impression that came first, too late, is taken in', async () => {
    const copy = sinkRecord('ResultsShown', shown({ at: 9_000_000, query: 'copy' }), 1)
    const log = joinLog(phases(copy.value), defaultLog)
    await storeStreamed({ ...log, raw: [sinkRecord('ResultsShown', shown({ query: 'first' }), 0), copy] })
    expect((await outcomes()).map(({ query }) => query)).toEqual(['copy', 'copy', 'copy'])
    await run()
    expect((await outcomes()).map(({ query }) => query)).toEqual(['first', 'first', 'first'])
  })

  it('makes only the samples of the policies that it is given', async () => {
    await storeStreamed(joinLog(phases(shown(), click(9)), defaultLog))
    await insertRows(warehouse)([sinkRecord('VideoWatched', watch(5, 60_000), 0)])
    await run({ policies: [policies[1]!] })
    expect((await samples()).map(({ policy, reason }) => [policy, reason])).toEqual([
      ['perception-v1', 'clicked'],
      ['content-v1', 'satisfied'],
    ])
    expect(await warehouse.rows('SELECT DISTINCT policy FROM relabelled_samples')).toEqual([{ policy: 'content-v1' }])
  })

  it('leaves alone what was streamed of requests whose raw events are gone', async () => {
    const log = joinLog(phases(shown(), click(9), shown({ request_id: 'gone' })), defaultLog)
    await storeStreamed({ ...log, raw: log.raw.filter(({ value }) => value.request_id !== 'gone') })
    const before = keyed([...(await outcomes()), ...(await samples())])
    await run()
    expect(keyed([...(await outcomes()), ...(await samples())])).toEqual(before)
    await warehouse.command('TRUNCATE TABLE raw_impressions')
    await run()
    expect(keyed([...(await outcomes()), ...(await samples())])).toEqual(before)
  })

  it('takes no record that was dead-lettered', async () => {
    const raw = [sinkRecord('ResultsShown', shown(), 0), sinkRecord('ResultClicked', click(1), 7)]
    const entries = [{ topic: 'search.clicks', offset: 7, reason: 'dead' as const }]
    await insertRows(warehouse)([...raw, sinkRecord('RecordsUnused', { partition: 3, entries }, 0)])
    await run()
    expect((await outcomes()).map(({ clicks }) => clicks)).toEqual([0, 0, 0])
  })
})

const phases = (...events: (ResultsShown | ResultClicked)[]) => [
  {
    name: 'all',
    closedBefore: null,
    records: events.map((value, id) => ({
      ...{ id, key: '', damage: null },
      ...('results' in value
        ? { topic: 'search.impressions' as const, content: { event: 'ResultsShown' as const, value } }
        : { topic: 'search.clicks' as const, content: { event: 'ResultClicked' as const, value } }),
    })),
  },
]

/** Straight from the rules, request by request: the first impression, then each different reaction in its window. */
function expectedOutcomes(raw: JoinedLog['raw']): Outcome[][] {
  const requests = new Map<string, { shown: ResultsShown; clicks: ResultClicked[]; watches: VideoWatched[] }>()
  for (const { event, value } of raw) {
    if (event !== 'ResultsShown' || requests.has(value.request_id)) continue
    requests.set(value.request_id, { shown: value, clicks: [], watches: [] })
  }
  const seen = new Set<string>()
  for (const { event, value } of raw) {
    if (event === 'ResultsShown') continue
    const { request_id, video_id, at } = value
    const identity = JSON.stringify([
      ...[event, request_id, video_id, at],
      ...(event === 'VideoWatched' ? [value.play_id, value.watched_ms] : []),
    ])
    const request = requests.get(request_id)
    if (!request || seen.has(identity) || at >= request.shown.at + windowMs) continue
    seen.add(identity)
    if (event === 'VideoWatched') request.watches.push(value)
    else request.clicks.push(value)
  }
  return [...requests.values()].map((request) => shownVideos(request).map(outcomeOf))
}

function samplesOf(together: readonly Outcome[], calibrations = [skewed]): TrainingSample[] {
  const [first] = together
  return first ? labelRequest({ ...first, outcomes: [...together] }, policies, calibrations).samples : []
}

const rowsOf = ({ outcomes }: JoinedLog): Outcome[] =>
  outcomes.flatMap(({ value: { outcomes: videos, ...request } }) => videos.map((video) => ({ ...request, ...video })))

const readAll = <Row>(warehouse: Warehouse, view: string, columns: readonly string[]): Promise<Row[]> =>
  warehouse.rows<Row>(
    `SELECT ${columns.map((column) => printed(column, 'v')).join(', ')} FROM ${view} AS v
     ORDER BY v.shown_at, v.request_id, v.position, v.video_id`,
  )

/** Rows by what identifies them; a row that is there twice is told apart. */
function keyed(rows: readonly (Outcome | TrainingSample)[]): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const row of rows) {
    const key = JSON.stringify([row.shown_at, row.request_id, row.video_id, 'policy' in row ? row.policy : ''])
    found[key in found ? `${key} again` : key] = row
  }
  return found
}
