import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { writeContactSheet } from '../../../../demo/world/contact-sheet.js'
import { planWorld } from '../../../../demo/world/plan-world.js'
import { FRAMES, TILE } from '../../../../demo/world/sheet-tiles.js'
import { tempFolder } from '../../../helpers/temp-folder.js'

const size = { videos: 6, requests: 0, seed: 7 }
const { videos } = planWorld(size)
const GREY = [200, 200, 200]

describe('the contact sheet', () => {
  const folders = tempFolder()

  test('shows grey where the world has no cover or no clip', async () => {
    await writeContactSheet(folders.path(), size)
    const { data, info } = await sharp(join(folders.path(), 'sheet.png'))
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true })
    const rows = info.height / videos.length
    const pixel = (x: number, row: number) => [...data.subarray((row * rows * info.width + x) * 3).subarray(0, 3)]
    const greyRows = (x: number) => videos.flatMap((_, row) => (String(pixel(x, row)) === String(GREY) ? [row] : []))
    const rowsWithout = (modality: 'cover' | 'frames') =>
      videos.flatMap(({ missing }, row) => (missing.includes(modality) ? [row] : []))
    expect(rowsWithout('cover').length * rowsWithout('frames').length).toBeGreaterThan(0)
    expect(greyRows(0)).toEqual(rowsWithout('cover'))
    expect(greyRows(info.width - 1 - (FRAMES - 1) * TILE)).toEqual(rowsWithout('frames'))
  })
})
