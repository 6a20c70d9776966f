import { describe, expect, it } from '@jest/globals'
import type { ResultClicked, VideoWatched } from '../../../schemas/events.js'
import { momentsOf, tilesOf } from '../../chaos/oracle-engagement.js'
import { shownVideos } from '../../chaos/oracle-outcome.js'
import { clicked, shown, SHOWN_AT, watched } from './events.js'

const moments = (clicks: ResultClicked[], watches: VideoWatched[]) =>
  momentsOf(shownVideos({ shown: shown(), clicks, watches })[0]!).map(({ at, what, amount }) => [
    what,
    at - SHOWN_AT,
    amount,
  ])

describe('oracle: engagement moments', () => {
  it('counts watch time where the running maximum of a play grew', () => {
    const watches = [
      watched(300, 50),
      watched(100, 40),
      watched(200, 30),
      watched(100, 10),
      watched(100, 7, { play_id: 'q' }),
    ]
    expect(moments([], watches)).toEqual([
      ['impressions', 0, 1],
      ['watched_ms', 100, 10],
      ['watched_ms', 100, 30],
      ['watched_ms', 300, 10],
      ['watched_ms', 100, 7],
    ])
  })

  it('counts a click once, at the first, even if that is before shown_at', () => {
    expect(moments([clicked(500), clicked(-20)], [])).toEqual([
      ['impressions', 0, 1],
      ['clicks', -20, 1],
    ])
  })

  it('counts a long click when click and long view are both there, whichever comes last', () => {
    const long = [watched(10, 9000), watched(40, 18_000)]
    expect(moments([clicked(5)], long)).toContainEqual(['long_clicks', 40, 1])
    expect(moments([clicked(90)], long)).toContainEqual(['long_clicks', 90, 1])
    expect(moments([], long).map(([what]) => what)).not.toContain('long_clicks')
  })

  it('adds plays up to a complete one, by event time and not by arrival', () => {
    const watches = [watched(50, 12_000, { play_id: 'q' }), watched(20, 8000)]
    expect(moments([], watches)).toContainEqual(['completes', 50, 1])
  })

  it('judges earlier moments with the duration as known at the end', () => {
    const request = {
      shown: shown({ results: [{ video_id: 'v', position: 1, duration_ms: null }] }),
      clicks: [],
      watches: [watched(10, 6000), watched(20, 6500, { duration_ms: 6000 })],
    }
    expect(momentsOf(shownVideos(request)[0]!)).toContainEqual({ at: SHOWN_AT + 10, what: 'completes', amount: 1 })
  })
})

describe('oracle: engagement tiles', () => {
  it('sums outcomes per video and per (query, video), in tiles aligned to the epoch', () => {
    const request = (id: string, query: string, at: number) =>
      shownVideos({ shown: shown({ request_id: id, query, at }), clicks: [clicked(0, { at: 900_000 })], watches: [] })
    const videos = [...request('a', 'cat', 899_999), ...request('b', '', 899_999), ...request('c', 'cat', 900_000)]
    const rows = tilesOf(videos).map((t) => [t.query, t.tile, t.impressions, t.clicks])
    expect(rows.sort()).toEqual(
      [
        ['cat', 600_000, 1, 0],
        [null, 600_000, 2, 0],
        ['cat', 900_000, 1, 2],
        [null, 900_000, 1, 3],
        ['', 600_000, 1, 0],
        ['', 900_000, 0, 1],
      ].sort(),
    )
  })
})
