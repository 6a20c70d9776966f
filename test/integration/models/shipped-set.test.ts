import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { openEncoders, type OpenEncoders } from '../../../cli/open-encoders.js'
import { loadConfig } from '../../../config/config.js'
import { checkGoldenMedia } from '../../../models/encoders/check-golden-media.js'
import { checkGoldenVideos } from '../../../models/encoders/check-golden-videos.js'
import { demandedCosine } from '../../../models/encoders/demanded-cosine.js'
import { encodeQuery, encodeText } from '../../../models/encoders/encode-text.js'
import { encodeVideo, matchVideo } from '../../../models/encoders/encode-video.js'
import { largestDifference } from '../../../models/sets/agreement.js'
import type { Golden } from '../../../models/sets/golden.js'
import { readGolden } from '../../../models/sets/open-set.js'

const { models } = loadConfig({})
const folder = join(models.sets, 'world-small', '3')
const LARGEST_SET = 25_000_000

const bytesIn = (path: string): number =>
  readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(path, name)))
    .reduce((sum, found) => sum + (found.isFile() ? found.size : 0), 0)

describe('the model set that comes with Kinora', () => {
  let encoders: OpenEncoders
  let golden: Golden
  const checks: string[] = []
  beforeAll(async () => {
    encoders = await openEncoders({ ...models, set: 'world-small/3' }, (line) => checks.push(line))
    golden = await readGolden(encoders.set.folder, encoders.set.manifest)
  })
  afterAll(() => encoders.close())

  it('is what it says: files, inputs, outputs, golden texts and queries', () => {
    expect(checks).toHaveLength(10)
    expect(encoders.set.manifest).toMatchObject({ set: 'world-small', version: '3', dim: 128 })
    expect(existsSync(join(folder, 'card.md'))).toBe(true)
    expect(bytesIn(folder)).toBeLessThanOrEqual(LARGEST_SET)
  })

  it('sees golden pictures and clips as training saw them', async () => {
    const { pictures, clips } = await checkGoldenMedia(encoders.set, golden, encoders.decoders)
    expect(pictures).toBeGreaterThanOrEqual(6)
    expect(clips).toBeGreaterThanOrEqual(2)
  })

  it('gives golden videos, from JPEG, clip and texts, the vectors that training gave them', async () => {
    const demanded = demandedCosine(encoders.set, await checkGoldenMedia(encoders.set, golden, encoders.decoders))
    const { videos, vectors, lowestCosine } = await checkGoldenVideos(encoders, golden, demanded)
    expect(videos).toBeGreaterThanOrEqual(3)
    expect(vectors).toBeGreaterThanOrEqual(18)
    expect(lowestCosine).toBeGreaterThanOrEqual(demanded)
  })

  it('gives a text its vector whatever it shares a batch with', async () => {
    const alone = await encodeText(encoders.set, 'title', '苹果')
    const others = ['切', '今天我们来说一说怎么切水果'.repeat(4), '小王爱做饭'].map((text) =>
      encodeText(encoders.set, 'asr', text),
    )
    const together = await encodeText(encoders.set, 'title', '苹果')
    await Promise.all(others)
    expect(largestDifference(alone!, together!)).toBeLessThan(1e-5)
  })

  it('finds what a query means: its own concept before another, by what is promised and by what is said', async () => {
    const [apple, rain] = await Promise.all(
      ['苹果', '下雨'].map((concept) =>
        encodeVideo(encoders, { title: `${concept}大全`, asr: `今天我们来说一说${concept}。` }),
      ),
    )
    for (const [query, right, wrong] of [['苹果', apple, rain] as const, ['下雨', rain, apple] as const]) {
      const vector = await encodeQuery(encoders.set, query)
      const [better, worse] = [matchVideo(vector!, right!), matchVideo(vector!, wrong!)]
      expect(better.perception!).toBeGreaterThan(worse.perception!)
      expect(better.content!).toBeGreaterThan(worse.content!)
      expect(better.cover).toBeNull()
    }
  })
})
