import sharp from 'sharp'
import { between, randomOf, shuffled, type Random } from '../../random.js'
import { worldParameters } from '../parameters.js'
import type { WorldVideo } from '../video.js'
import { drawColour, paintBackground } from './backgrounds.js'
import { createCanvas, drawOver, drawSprite, type Canvas, type Colour, type Placement } from './canvas.js'
import type { Lettering } from './lettering.js'
import type { Sprites } from './sprites.js'

export interface Studio {
  readonly seed: number
  readonly sprites: Sprites
  readonly lettering: Lettering
}

/** Where one, two, three things stand, in parts of the canvas: roughly. */
const places: readonly (readonly (readonly [x: number, y: number, extent: number])[])[] = [
  [[0.5, 0.5, 0.62]],
  [
    [0.29, 0.48, 0.46],
    [0.71, 0.52, 0.46],
  ],
  [
    [0.27, 0.33, 0.4],
    [0.73, 0.36, 0.4],
    [0.5, 0.72, 0.4],
  ],
]

/** The cover of a video as JPEG: what it shows before a background, something small beside it, and text. */
export async function renderCover(
  { id, cover, vendor }: WorldVideo,
  { seed, sprites, lettering }: Studio,
): Promise<Buffer> {
  const random = randomOf(seed, 'cover', id)
  const { pixels, quality } = worldParameters.covers
  const canvas = createCanvas(pixels)
  paintBackground(canvas, random)
  if (cover.beside) {
    const corner = { x: random() < 0.5 ? 0.13 : 0.87, y: random() < 0.5 ? 0.13 : 0.87, extent: 0.2 }
    drawSprite(canvas, await sprites.of(cover.beside, vendor), { ...corner, turn: 0, mirrored: false })
  }
  const room = shuffled(random, places[Math.max(0, cover.shows.length - 1)] ?? [])
  for (const [n, concept] of cover.shows.entries())
    drawSprite(canvas, await sprites.of(concept, vendor), placed(room[n]!, random))
  if (cover.text !== null) await write(canvas, cover.text, lettering, random)
  return sharp(canvas.rgb, { raw: { width: pixels, height: pixels, channels: 3 } })
    .jpeg({ quality })
    .toBuffer()
}

/** About there, about as large, a little turned. */
export const placed = ([x, y, extent]: readonly [number, number, number], random: Random): Placement => ({
  x: x + between(random, -0.05, 0.05),
  y: y + between(random, -0.05, 0.05),
  extent: extent * between(random, 0.8, 1.15),
  turn: between(random, -0.3, 0.3),
  mirrored: random() < 0.5,
})

async function write(canvas: Canvas, text: string, lettering: Lettering, random: Random): Promise<void> {
  const { size } = canvas
  const [light, dark]: [Colour, Colour] = [
    [255, 255, between(random, 90, 255)],
    drawColour(random).map((each) => each / 3) as unknown as Colour,
  ]
  const colours = random() < 0.75 ? { ink: light, edge: dark } : { ink: dark, edge: light }
  const line = await lettering.draw(
    text,
    { width: size * 0.92, height: size * between(random, 0.14, 0.22) },
    colours,
    random,
  )
  const left = Math.round((size - line.width) / 2)
  const top = random() < 0.5 ? size * 0.04 : size * 0.96 - line.height
  drawOver(canvas, line, left, Math.round(top))
}
