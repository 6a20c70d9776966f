import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import type { ResultClicked, ResultsShown, VideoWatched } from '../../../schemas/events.js'
import { expectedOf } from '../../chaos/oracle.js'
import { phase } from './events.js'

/** Real logs with the platform's own long_view label. Not part of the repository: the test runs where they are. */
const file = new URL('../../../../shared/data/kuairand-sample/kuairand.tsv', import.meta.url)

interface Row {
  user_id: string
  video_id: string
  time_ms: string
  is_click: string
  long_view: string
  play_time_ms: string
  duration_ms: string
}

const readRows = (): Row[] => {
  const [header, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n')
  const names = header!.split('\t')
  return lines.map((line) => {
    const cells = line.split('\t')
    return Object.fromEntries(names.map((name, n) => [name, cells[n]])) as unknown as Row
  })
}

const requestId = (row: Row): string => [row.user_id, row.video_id, row.time_ms].join('/')

/** As its README says: one request per row, a click a second later, one watch at the click's time. */
const eventsOf = (row: Row): (ResultsShown | ResultClicked | VideoWatched)[] => {
  const at = Number(row.time_ms)
  const common = { request_id: requestId(row), user_id: row.user_id }
  const durationMs = Number(row.duration_ms) || null
  const wasClicked = row.is_click === '1'
  const shown: ResultsShown = {
    ...common,
    at,
    query: '',
    device: '',
    results: [{ video_id: row.video_id, position: 1, duration_ms: durationMs }],
    variants: {},
    model_set: null,
    served_features_at: null,
  }
  const click: ResultClicked = { ...common, at: at + 1000, video_id: row.video_id, position: 1 }
  const watch: VideoWatched = {
    ...common,
    at: at + 1000,
    video_id: row.video_id,
    play_id: 'p',
    watched_ms: Number(row.play_time_ms),
    duration_ms: durationMs,
    autoplay: !wasClicked,
  }
  return [shown, ...(wasClicked ? [click] : []), ...(watch.watched_ms > 0 ? [watch] : [])]
}

const test = existsSync(file) ? it : it.skip

describe('oracle on real logs', () => {
  test('agrees with the logged long_view on every row, duplicated rows and unknown durations included', () => {
    const rows = readRows().sort((a, b) => Number(a.time_ms) - Number(b.time_ms))
    const options = { windowMs: 30 * 60_000, outOfOrdernessMs: 120_000, maxDelayMs: 0, sentAt: Date.UTC(2026, 0) }
    const { outcomes, accounts } = expectedOf([phase(rows.flatMap(eventsOf))], options)
    const logged = new Map(outcomes.map((outcome) => [outcome.request_id, outcome.long_view]))
    const different = rows.filter((row) => logged.get(requestId(row)) !== (row.long_view === '1'))
    expect(different).toEqual([])
    expect(outcomes).toHaveLength(new Set(rows.map(requestId)).size)
    const { used, unused, dead } = accounts['search.impressions']
    expect([used + unused, dead, used]).toEqual([rows.length, 0, outcomes.length])
  })
})
