import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { readEvents } from '../../models/world/read-events.js'
import { readTrueQueries, readTrueVideos, type TrueVideo } from '../../models/world/truth.js'
import { VideoCatalog } from '../../models/world/video-catalog.js'
import type { TopicAccount } from '../../demo/account.js'
import type { WorldEvaluation } from '../../cli/models/evaluation-of-world.js'
import { kinora } from '../helpers/kinora.js'

const run = promisify(execFile)
const makeWorld = (out: string, ...more: string[]) =>
  run(process.execPath, ['dist/cli/make-world.js', '--out', out, '--videos', '40', '--requests', '30', ...more])

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinora-world-'))
  await makeWorld(join(folder, 'one'), '--sheet')
}, 120_000)
afterAll(() => rm(folder, { recursive: true }))

describe('npm run world', () => {
  test('writes events that read back with their media, and the truth of every video', async () => {
    const world = join(folder, 'one')
    const catalog = new VideoCatalog(world)
    const names = new Set<string>()
    for await (const event of readEvents(world)) {
      catalog.take(event)
      names.add(event.name)
    }
    expect(names.size).toBe(6)
    const videos = [...catalog.videos()]
    const truth = await readTrueVideos(world)
    expect(videos.map(({ video_id }) => video_id)).toEqual([...truth.keys()])
    for (const { video_id, cover, clip, cover_text, segments } of videos) {
      const isMissing = (modality: TrueVideo['missing'][number]) => truth.get(video_id)!.missing.includes(modality)
      expect([cover, clip, cover_text, segments].map((each) => each === null)).toEqual(
        (['cover', 'frames', 'cover_text', 'asr'] as const).map(isMissing),
      )
    }
    expect((await readTrueQueries(world)).size).toBeGreaterThan(1_000)
  })

  test('draws covers as JPEG, encodes clips as H.264 in MP4, and a sheet to look at', async () => {
    const media = join(folder, 'one', 'media')
    const [cover] = await readdir(join(media, 'covers'))
    const { format, width, height } = await sharp(join(media, 'covers', cover!)).metadata()
    expect([format, width, height]).toEqual(['jpeg', 256, 256])
    const [clip] = await readdir(join(media, 'clips'))
    const bytes = await readFile(join(media, 'clips', clip!))
    expect(bytes.subarray(4, 8).toString()).toBe('ftyp')
    expect(bytes.includes('avc1')).toBe(true)
    expect((await sharp(join(folder, 'one', 'sheet.png')).metadata()).width).toBe(872)
  })

  test('writes the same bytes for the same seed, others for another', async () => {
    await makeWorld(join(folder, 'again'))
    await makeWorld(join(folder, 'other'), '--seed', '8')
    const [one, again, other] = await Promise.all(['one', 'again', 'other'].map((name) => digests(join(folder, name))))
    expect(again).toEqual(one)
    expect(other!.get('/events.jsonl')).not.toBe(one!.get('/events.jsonl'))
    expect(other!.get('/media/covers/v00003.jpg')).not.toBe(one!.get('/media/covers/v00003.jpg'))
  }, 120_000)

  test('is a log that replays: every event of the six topics is accounted for, and none is dead', async () => {
    const log = join(folder, 'one', 'events.jsonl')
    const { code, out, err } = await kinora(['replay', 'events', log, '--wait', '--json'], folder)
    expect({ code, err }).toMatchObject({ code: 0 })
    const { topics } = JSON.parse(out) as { topics: TopicAccount[] }
    const lines = (await readFile(log, 'utf8')).trimEnd().split('\n').length
    expect(topics).toHaveLength(6)
    expect(topics.reduce((sum, topic) => sum + topic.used, 0)).toBe(lines)
  }, 240_000)

  test('is understood by the model set that ships, from media and texts to scores', async () => {
    const flags = ['--world', join(folder, 'one'), '--split', 'test', '--json']
    const { code, out, err } = await kinora(['models', 'evaluate', ...flags], folder)
    expect({ code, err }).toMatchObject({ code: 0 })
    const { set, videos, problems, content } = JSON.parse(out) as WorldEvaluation
    expect({ set, problems }).toEqual({ set: 'world-small/3', problems: {} })
    expect(videos).toBeGreaterThan(2)
    const pnr = (scorer: string): number => content.find((each) => each.scorer === scorer)!.pnr
    expect(pnr('content')).toBeGreaterThan(2)
    expect(pnr('content')).toBeGreaterThan(pnr('characters'))
  }, 120_000)

  test('never writes over a world', async () => {
    await expect(makeWorld(join(folder, 'one'))).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^WORLD_INVALID: .*one is not empty: name another folder, or remove what is in it\n$/,
      ),
    })
  })
})

/** Of every file but the sheet, by its path in the world. */
async function digests(world: string): Promise<Map<string, string>> {
  const entries = await readdir(world, { recursive: true, withFileTypes: true })
  const files = entries.filter((each) => each.isFile() && each.name !== 'sheet.png')
  return new Map(
    await Promise.all(
      files.map(async ({ parentPath, name }): Promise<[string, string]> => {
        const path = join(parentPath, name)
        return [
          path.slice(world.length),
          createHash('sha256')
            .update(await readFile(path))
            .digest('hex'),
        ]
      }),
    ),
  )
}
