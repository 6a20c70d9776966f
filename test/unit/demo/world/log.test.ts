import { describe, expect, test } from '@jest/globals'
import { contentGrade, perceivedGrade } from '../../../../demo/world/grades.js'
import { judge } from '../../../../demo/world/judged.js'
import { worldLog } from '../../../../demo/world/log.js'
import { planWorld } from '../../../../demo/world/plan-world.js'
import type { WorldQuery } from '../../../../demo/world/queries.js'
import type { Split } from '../../../../models/world/truth.js'
import type { AsrTranscribed, ResultsShown, VideoWatched } from '../../../../schemas/events.js'
import { createCodec } from '../../../../schemas/codec.js'
import { ourSchemas } from '../../../../schemas/versions.js'

const size = { videos: 400, requests: 700, seed: 3 }
const { videos, queries } = planWorld(size)
const log = [...worldLog(size, videos, queries)]
const videoOf = new Map(videos.map((video) => [video.id, video]))
const queryOf = new Map(queries.map((query) => [query.text, query]))
const requests = new Map(
  log.flatMap(({ name, event }) => (name === 'ResultsShown' ? [[event.request_id, event] as const] : [])),
)

describe('the log of a world', () => {
  test('is valid, in order of time, and the same again', () => {
    const codec = createCodec(ourSchemas())
    for (const { name, event } of log) codec.encode(name, event)
    const times = log.map(({ event }) => event.at)
    expect(times).toEqual([...times].sort((one, other) => one - other))
    expect(JSON.stringify([...worldLog(size, videos, queries)])).toBe(JSON.stringify(log))
    expect(requests.size).toBe(size.requests)
  })

  test('the results of a search are of one split; held-out words and pairs are searched where they are asked', () => {
    for (const { query, results } of requests.values()) {
      const splits = new Set(results.map(({ video_id }) => videoOf.get(video_id)!.split))
      expect(splits.size).toBe(1)
      expect(new Set(results.map(({ video_id }) => video_id)).size).toBe(results.length)
      expect(queryOf.get(query)!.askedIn).toEqual(expect.arrayContaining([...splits]))
    }
  })

  test('no text and no search of training says a held-out word, be it by chance or by a slip', () => {
    const ofTraining = log.filter(({ event }) =>
      'results' in event
        ? event.results.some(({ video_id }) => videoOf.get(video_id)!.split === 'train')
        : 'video_id' in event && videoOf.get(event.video_id)!.split === 'train',
    )
    const read = ofTraining.flatMap(({ event }) => [
      JSON.stringify(event),
      ...('segments' in event ? [said(event)] : []),
    ])
    const drawn = videos.filter(({ split }) => split === 'train').map(({ cover }) => cover.text)
    const all = [...read, ...drawn].join('\n')
    const heldOut = queries.filter((query) => query.heldOut === 'keyword')
    expect(heldOut.filter(({ text }) => all.includes(text))).toEqual([])
    expect(heldOut.length).toBeGreaterThan(100)
  })

  test('people click what is promised and watch what is held', () => {
    const clicks = new Set(
      log.flatMap(({ name, event }) => (name === 'ResultClicked' ? [`${event.request_id} ${event.video_id}`] : [])),
    )
    const clickRate = (grade: number): number =>
      mean(shownWith(perceivedGrade, grade), ([r, v]) => +clicks.has(`${r} ${v}`))
    expect(clickRate(2)).toBeGreaterThan(2 * clickRate(0))
    const watched = new Map<string, VideoWatched>()
    for (const { name, event } of log)
      if (name === 'VideoWatched' && !event.autoplay) watched.set(`${event.request_id} ${event.video_id}`, event)
    const completion = (grade: number): number =>
      mean(
        shownWith(contentGrade, grade).filter(([r, v]) => watched.has(`${r} ${v}`)),
        ([r, v]) => watched.get(`${r} ${v}`)!.watched_ms / videoOf.get(v)!.durationMs,
      )
    expect(completion(2)).toBeGreaterThan(1.5 * completion(0))
  })

  test('a missing modality has no event, and the texts read are nearly those that were drawn', () => {
    const uploads = log.flatMap(({ name, event }) => (name === 'VideoUploaded' ? [event] : []))
    for (const { video_id, cover_uri, title } of uploads) {
      const { missing, title: drawn } = videoOf.get(video_id)!
      expect(cover_uri === null).toBe(missing.includes('cover'))
      expect(title).toBe(missing.includes('title') ? '' : drawn.text)
    }
    const heard = log.filter(({ name }) => name === 'AsrTranscribed').length
    expect(heard).toBe(videos.filter(({ missing }) => !missing.includes('asr')).length)
  })
})

describe('the log of a small world', () => {
  test('has searches in the splits that have videos', () => {
    for (let seed = 1; seed <= 4; seed++) {
      const small = { videos: 20, requests: 100, seed }
      const plan = planWorld(small)
      const shown = [...worldLog(small, plan.videos, plan.queries)].flatMap(({ name, event }) =>
        name === 'ResultsShown' ? [event.results.length] : [],
      )
      expect(shown).toHaveLength(small.requests)
      expect(Math.min(...shown)).toBeGreaterThan(0)
    }
  })
})

describe('human grades', () => {
  const judged = [...judge(videos, queries, size.seed)]

  test('say what the world says, for videos of one slice and queries that one of them satisfies', () => {
    const best = new Map<string, number>()
    const wrong = judged.filter(
      ({ split, query, video, content, perceived }) =>
        content !== contentGrade(query, video) || perceived !== perceivedGrade(query, video) || split !== video.split,
    )
    expect(wrong).toEqual([])
    for (const { split, query, video, content } of judged) {
      const key = `${split} ${video.slice} ${query.id}`
      best.set(key, Math.max(best.get(key) ?? 0, content))
    }
    expect(best.size).toBeGreaterThan(150)
    expect(new Set(best.values())).toEqual(new Set([2]))
  })

  test('a held-out word is judged by validation or by the test, and then always; a held-out pair by the test', () => {
    const idsOf = (held: 'keyword' | 'pair', among: Split): Set<string> =>
      new Set(
        judged.filter(({ split, query }) => split === among && query.heldOut === held).map(({ query }) => query.id),
      )
    expect([idsOf('keyword', 'train').size, idsOf('pair', 'train').size]).toEqual([0, 0])
    expect(idsOf('pair', 'validation').size).toBe(0)
    const [validation, test] = [idsOf('keyword', 'validation'), idsOf('keyword', 'test')]
    expect([...validation].filter((id) => test.has(id))).toEqual([])
    const heldOut = queries.filter(({ heldOut }) => heldOut === 'keyword')
    const couldBe = (split: Split) =>
      heldOut.filter((query) => query.askedIn.includes(split) && isSatisfied(query, split)).length
    expect([validation.size, test.size]).toEqual([couldBe('validation'), couldBe('test')])
    expect(validation.size).toBeGreaterThan(3)
  })
})

const said = ({ segments }: AsrTranscribed): string => segments.map(({ text }) => text).join('')

const isSatisfied = (query: WorldQuery, within: Split): boolean =>
  videos.some((video) => video.split === within && contentGrade(query, video) === 2)

function shownWith(grade: typeof contentGrade, wanted: number): [request: ResultsShown['request_id'], video: string][] {
  return [...requests.values()].flatMap(({ request_id, query, results }) =>
    results
      .filter(({ video_id }) => grade(queryOf.get(query)!, videoOf.get(video_id)!) === wanted)
      .map(({ video_id }): [string, string] => [request_id, video_id]),
  )
}

const mean = <Item>(items: readonly Item[], valueOf: (item: Item) => number): number =>
  items.reduce((sum, item) => sum + valueOf(item), 0) / items.length
