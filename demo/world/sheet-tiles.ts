import sharp from 'sharp'
import { randomOf } from '../random.js'
import { worldParameters } from './parameters.js'
import { renderFrames } from './pictures/clip.js'
import { renderCover, type Studio } from './pictures/cover.js'
import { has, type WorldVideo } from './video.js'

/** Side of a tile in pixels, and how many frames of a clip are shown. */
export const TILE = 96
export const FRAMES = 8

/** A cover, or a grey tile where the world has none. */
export async function coverTile(video: WorldVideo, studio: Studio): Promise<Buffer> {
  if (!has(video, 'cover')) return missing('缺封面', TILE, studio)
  return sharp(await renderCover(video, studio))
    .resize(TILE, TILE)
    .png()
    .toBuffer()
}

/** Frames from all over a clip side by side, or as much grey where the world has none. */
export async function framesTile(video: WorldVideo, studio: Studio): Promise<Buffer> {
  const width = FRAMES * TILE
  if (!has(video, 'frames')) return missing('缺画面', width, studio)
  const { pixels } = worldParameters.clips
  const frames = await renderFrames(video, studio)
  const tiles = Array.from({ length: FRAMES }, async (_, n) => ({
    input: await sharp(frames[Math.floor(((n + 0.5) * frames.length) / FRAMES)]!.rgb, {
      raw: { width: pixels, height: pixels, channels: 3 },
    })
      .resize(TILE, TILE)
      .png()
      .toBuffer(),
    left: n * TILE,
    top: 0,
  }))
  return blank(width)
    .composite(await Promise.all(tiles))
    .png()
    .toBuffer()
}

async function missing(words: string, width: number, { lettering }: Studio): Promise<Buffer> {
  const colours = { ink: [90, 90, 90], edge: [255, 255, 255] } as const
  const text = await lettering.draw(words, { width: TILE, height: TILE / 3 }, colours, randomOf(words))
  const raw = { width: text.width, height: text.height, channels: 4 } as const
  return blank(width)
    .composite([{ input: text.rgba, raw }])
    .png()
    .toBuffer()
}

const blank = (width: number) => sharp({ create: { width, height: TILE, channels: 3, background: '#c8c8c8' } })
