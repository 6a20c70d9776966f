import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { writeContactSheet } from '../../../../demo/world/contact-sheet.js'
import { planWorld } from '../../../../demo/world/plan-world.js'
import { sheetCaption } from '../../../../demo/world/sheet-caption.js'
import { FRAMES, TILE } from '../../../../demo/world/sheet-tiles.js'
import { tempFolder } from '../../../helpers/temp-folder.js'

const size = { videos: 20, requests: 0, seed: 7 }
const { videos, vocabulary } = planWorld(size)
const [dog, cat, cup] = vocabulary.concepts.map((concept, n) => ({ ...concept, name: '狗猫杯'[n] ?? '' }))
const GREY = [200, 200, 200]

describe('the contact sheet', () => {
  const folders = tempFolder()

  test('shows grey where the world has no cover or no clip', async () => {
    await writeContactSheet(folders.path(), size)
    const { data, info } = await sharp(join(folders.path(), 'sheet.png'))
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true })
    const shown = videos.slice(0, 16)
    const rows = info.height / shown.length
    const pixel = (x: number, row: number) => [...data.subarray((row * rows * info.width + x) * 3).subarray(0, 3)]
    const greyRows = (x: number) => shown.flatMap((_, row) => (String(pixel(x, row)) === String(GREY) ? [row] : []))
    const rowsWithout = (modality: 'cover' | 'frames') =>
      shown.flatMap(({ missing }, row) => (missing.includes(modality) ? [row] : []))
    expect(rowsWithout('cover').length * rowsWithout('frames').length).toBeGreaterThan(0)
    expect(greyRows(0)).toEqual(rowsWithout('cover'))
    expect(greyRows(info.width - 1 - (FRAMES - 1) * TILE)).toEqual(rowsWithout('frames'))
  })

  test('says what a video holds in its order, and what it lacks', () => {
    const plain = { ...videos[0]!, missing: [], concepts: [dog!, cat!], order: null, bait: null }
    const read = {
      title: { kind: 'vague', text: '今天', names: [] },
      account: { id: 'a', name: '小李', habit: [], named: null },
    } as const
    const video = { ...plain, ...read }
    expect(sheetCaption(video)).toBe('今天 小李 有狗、猫')
    expect(sheetCaption({ ...video, order: [cat!, dog!], bait: cup! })).toBe('今天 小李 先猫后狗,假杯')
    expect(sheetCaption({ ...video, missing: ['title', 'account'] })).toBe('[缺标题] [缺账号] 有狗、猫')
  })
})
