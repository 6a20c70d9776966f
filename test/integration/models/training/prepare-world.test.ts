import { describe, expect, it } from '@jest/globals'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { prepareWorld } from '../../../../models/training/prepare-world.js'
import type { WorldEvent } from '../../../../models/world/read-events.js'
import { click, shown, watch } from '../../../helpers/behavior-events.js'
import { tempFolder } from '../../../helpers/temp-folder.js'
import { trueVideo, uploaded, writeTinyWorld } from '../../../helpers/tiny-world.js'

const result = (video_id: string, position: number) => ({ video_id, position, duration_ms: 60_000 })
const requestOf = (request_id: string, at: number, ...ids: string[]): WorldEvent => ({
  name: 'ResultsShown',
  event: shown({ request_id, at, query: '猫', results: ids.map((id, i) => result(id, i + 1)) }),
})
const clicked = (request_id: string, at: number, video_id: string): WorldEvent => ({
  name: 'ResultClicked',
  event: click(at, { request_id, video_id }),
})
const watched = (request_id: string, at: number, video_id: string, ms: number): WorldEvent => ({
  name: 'VideoWatched',
  event: watch(at, ms, { request_id, video_id, duration_ms: 60_000 }),
})

const HOUR = 3_600_000

describe('preparing a world for training', () => {
  const folder = tempFolder()
  const lines = (name: string): unknown[] =>
    readFileSync(join(folder.path(), 'out', name), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line): unknown => JSON.parse(line))
  const prepare = (world: Parameters<typeof writeTinyWorld>[1]) =>
    prepareWorld({ world: writeTinyWorld(join(folder.path(), 'world'), world), out: join(folder.path(), 'out') })

  const events: WorldEvent[] = [
    ...['a', 'b', 'c', 't'].map((id) => uploaded(id)),
    requestOf('r1', 1000, 'a', 'b', 'c'),
    clicked('r1', 2000, 'b'),
    watched('r1', 9000, 'b', 5_000),
    requestOf('r2', 2 * HOUR, 'a', 't'),
    clicked('r2', 2 * HOUR + 1, 'a'),
    requestOf('r3', 4 * HOUR, 'a', 'c'),
    clicked('r3', 4 * HOUR + 1, 'a'),
    watched('r3', 4 * HOUR + 2, 'a', 60_000),
  ]
  const videos = [...['a', 'b', 'c'].map((id) => trueVideo(id)), trueVideo('t', { split: 'test' })]

  it('labels requests by the policies that ship, and none that shows a video of another split', async () => {
    expect(await prepare({ events, videos })).toEqual({ videos: 4, requests: 2, samples: 6 })
    const sample = (
      video_id: string,
      domain: string,
      grade: number,
      weight: number,
      reason: string,
      position: number,
    ) => ({
      ...{ query: '猫', video_id, domain, grade, weight, reason, position },
    })
    expect(lines('samples.jsonl')).toEqual([
      sample('a', 'content', 0, 0.5, 'skipped-above', 1),
      sample('b', 'content', 0, 1, 'bounced', 2),
      sample('a', 'perception', 0, 1, 'skipped-above', 1),
      sample('b', 'perception', 1, 1, 'clicked', 2),
      sample('a', 'content', 3, 1, 'satisfied', 1),
      sample('a', 'perception', 1, 1, 'clicked', 1),
    ])
    expect(existsSync(join(folder.path(), 'out', 'requests.jsonl'))).toBe(false)
  })

  it('tells what training showed and nobody clicked, whether the policies label it or not', async () => {
    await prepare({ events, videos })
    expect(lines('unclicked.jsonl')).toEqual([
      { query: '猫', video_ids: ['a', 'c'] },
      { query: '猫', video_ids: ['c'] },
    ])
  })

  it('calibrates with the clicks of training requests alone', async () => {
    await prepare({ events, videos })
    const { calibration } = lines('prepared.json')[0] as { calibration: { outcomes: number } }
    expect(calibration.outcomes).toBe(2)
  })

  it('writes every video with what its events tell, cut to what a model reads, and null for what is missing', async () => {
    const long = '猫'.repeat(50)
    const segments = [{ start_ms: 0, end_ms: 1000, text: '猫在睡觉' }]
    await prepare({
      events: [
        uploaded('a', { title: long, cover_uri: 'media/covers/a.jpg' }),
        { name: 'AsrTranscribed', event: { video_id: 'a', at: 1, segments, engine: 'e' } },
        {
          name: 'OcrRecognized',
          event: {
            video_id: 'a',
            at: 1,
            source: 'cover',
            engine: 'e',
            texts: [{ text: '看猫', at_ms: null, confidence: 1 }],
          },
        },
        uploaded('b', { at: 2, title: '新', media_uri: 'media/clips/b.mp4' }),
        ...events.slice(1),
      ],
      videos,
      files: { 'media/covers/a.jpg': '', 'media/clips/b.mp4': '' },
    })
    const at = (name: string): string => join(folder.path(), 'world', name)
    const nothing = {
      cover_text: null,
      frame_text: null,
      asr: null,
      asr_first: null,
      asr_all: null,
      cover: null,
      clip: null,
    }
    expect(lines('videos.jsonl').slice(0, 2)).toEqual([
      {
        ...nothing,
        ...{ video_id: 'a', split: 'train', title: '猫'.repeat(30), account: '小店', cover_text: '看猫' },
        ...{ asr: '猫在睡觉', asr_first: '猫在睡觉', asr_all: '猫在睡觉', cover: at('media/covers/a.jpg') },
      },
      { ...nothing, video_id: 'b', split: 'train', title: '新', account: '小店', clip: at('media/clips/b.mp4') },
    ])
  })

  it('names the media that is not there', async () => {
    const world = { events: [uploaded('a', { cover_uri: 'media/x.jpg' }), ...events.slice(1)], videos }
    await expect(prepare(world)).rejects.toMatchObject({
      code: 'WORLD_INVALID',
      message: expect.stringContaining('media/x.jpg'),
    })
  })

  it('never reads media from outside the folder of the world', async () => {
    const world = { events: [uploaded('a', { cover_uri: '../../../etc/hostname' }), ...events.slice(1)], videos }
    await expect(prepare(world)).rejects.toMatchObject({ code: 'WORLD_INVALID' })
  })

  it('names file, line and field of a truth that does not fit', async () => {
    const world = { events, videos: [trueVideo('a'), { ...trueVideo('b'), split: 'dev' as 'test' }] }
    await expect(prepare(world)).rejects.toMatchObject({
      code: 'WORLD_INVALID',
      message: expect.stringMatching(/videos\.jsonl:2: split/),
    })
  })
})
