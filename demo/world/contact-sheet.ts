import { join } from 'node:path'
import sharp, { type OverlayOptions } from 'sharp'
import { worldParameters, type WorldSize } from './parameters.js'
import { renderFrames } from './pictures/clip.js'
import { Lettering } from './pictures/lettering.js'
import { Sprites } from './pictures/sprites.js'
import { renderCover } from './pictures/cover.js'
import { planWorld } from './plan-world.js'
import { randomOf } from '../random.js'
import type { WorldVideo } from './video.js'

const VIDEOS = 16
const TILE = 96
const FRAMES = 8
const LINE = 26

/** Draws sheet.png into a world's folder: its first videos with cover, eight frames, title and what they really hold. */
export async function writeContactSheet(folder: string, size: WorldSize): Promise<void> {
  const videos = planWorld(size).videos.slice(0, VIDEOS)
  const studio = { seed: size.seed, sprites: new Sprites(), lettering: new Lettering() }
  const row = TILE + LINE
  const parts: OverlayOptions[] = []
  for (const [n, video] of videos.entries()) {
    const top = n * row
    parts.push({
      input: await sharp(await renderCover(video, studio))
        .resize(TILE, TILE)
        .toBuffer(),
      left: 0,
      top,
    })
    parts.push(...(await frameTiles(video, studio, top)))
    const text = await studio.lettering.draw(
      caption(video),
      { width: TILE * FRAMES, height: LINE },
      colours,
      randomOf(n),
    )
    const raw = { width: text.width, height: text.height, channels: 4 } as const
    parts.push({ input: text.rgba, raw, left: 4, top: top + TILE })
  }
  const canvas = {
    width: (FRAMES + 1) * TILE + 8,
    height: videos.length * row,
    channels: 3,
    background: '#fff',
  } as const
  await sharp({ create: canvas }).composite(parts).png().toFile(join(folder, 'sheet.png'))
}

const colours = { ink: [0, 0, 0], edge: [255, 255, 255] } as const

/** Title, account, what it holds, what it baits with. */
const caption = ({ title, account, concepts, bait }: WorldVideo): string =>
  `${title.text} ${account.name} 有${concepts.map(({ name }) => name).join('、')}${bait ? `,假${bait.name}` : ''}`

async function frameTiles(video: WorldVideo, studio: Parameters<typeof renderFrames>[1], top: number) {
  const { pixels } = worldParameters.clips
  const frames = (await renderFrames(video, studio)).map(({ rgb }) => rgb)
  const raw = { width: pixels, height: pixels, channels: 3 } as const
  return Promise.all(
    Array.from({ length: FRAMES }, async (_, n) => ({
      input: await sharp(frames[Math.floor(((n + 0.5) * frames.length) / FRAMES)], { raw })
        .resize(TILE, TILE)
        .png()
        .toBuffer(),
      left: TILE * (n + 1) + 8,
      top,
    })),
  )
}
