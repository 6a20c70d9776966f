import { join } from 'node:path'
import sharp, { type OverlayOptions } from 'sharp'
import type { WorldSize } from './parameters.js'
import type { Studio } from './pictures/cover.js'
import { Lettering } from './pictures/lettering.js'
import { Sprites } from './pictures/sprites.js'
import { planVideos } from './plan-videos.js'
import { randomOf } from '../random.js'
import { sheetCaption } from './sheet-caption.js'
import { coverTile, FRAMES, framesTile, TILE } from './sheet-tiles.js'
import type { WorldVideo } from './video.js'
import { createVocabulary } from './vocabulary.js'

const VIDEOS = 16
const LINE = 26
const GAP = 8

/**
 * Draws sheet.png into a world's folder: its first videos with cover, eight frames, title and what they really hold. What
 * is missing in the world is missing here.
 */
export async function writeContactSheet(folder: string, size: WorldSize): Promise<void> {
  const videos = planVideos(size, createVocabulary(size.seed)).slice(0, VIDEOS)
  const studio = { seed: size.seed, sprites: new Sprites(), lettering: new Lettering() }
  const parts: OverlayOptions[] = []
  for (const [n, video] of videos.entries()) {
    const top = n * (TILE + LINE)
    parts.push({ input: await coverTile(video, studio), left: 0, top })
    parts.push({ input: await framesTile(video, studio), left: TILE + GAP, top })
    parts.push({ ...(await caption(video, studio, n)), left: GAP / 2, top: top + TILE })
  }
  const canvas = { width: (FRAMES + 1) * TILE + GAP, height: videos.length * (TILE + LINE) }
  await sharp({ create: { ...canvas, channels: 3, background: '#fff' } })
    .composite(parts)
    .png()
    .toFile(join(folder, 'sheet.png'))
}

async function caption(video: WorldVideo, { lettering }: Studio, n: number) {
  const colours = { ink: [0, 0, 0], edge: [255, 255, 255] } as const
  const room = { width: TILE * FRAMES, height: LINE }
  const { rgba, width, height } = await lettering.draw(sheetCaption(video), room, colours, randomOf(n))
  return { input: rgba, raw: { width, height, channels: 4 } as const }
}
