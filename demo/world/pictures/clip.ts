import { between, randomOf, type Random } from '../../random.js'
import { worldParameters } from '../parameters.js'
import type { Scene, WorldVideo } from '../video.js'
import { paintBackground } from './backgrounds.js'
import { createCanvas, drawOver, drawSprite, type Canvas } from './canvas.js'
import { placed, type Studio } from './cover.js'

/** The frames of a video's clip: each scene before its own background, moving a little. */
export async function renderFrames(video: WorldVideo, studio: Studio): Promise<Canvas[]> {
  const random = randomOf(studio.seed, 'clip', video.id)
  const frames: Canvas[] = []
  for (const scene of video.clip.scenes) frames.push(...(await renderScene(scene, video, studio, random)))
  return frames
}

async function renderScene(scene: Scene, { vendor }: WorldVideo, studio: Studio, random: Random): Promise<Canvas[]> {
  const { pixels } = worldParameters.clips
  const background = createCanvas(pixels)
  paintBackground(background, random)
  const sprite = scene.shows && (await studio.sprites.of(scene.shows, vendor))
  const from = placed([0.5, 0.48, 0.6], random)
  const [driftX, driftY, growth] = [
    between(random, -0.15, 0.15),
    between(random, -0.1, 0.1),
    between(random, -0.2, 0.2),
  ]
  const caption = scene.caption === null ? null : await letter(scene.caption, pixels, studio, random)
  return Array.from({ length: scene.frames }, (_, frame) => {
    const canvas = { size: pixels, rgb: Buffer.from(background.rgb) }
    const passed = frame / scene.frames
    const place = {
      x: from.x + driftX * passed,
      y: from.y + driftY * passed,
      extent: from.extent * (1 + growth * passed),
    }
    if (sprite) drawSprite(canvas, sprite, { ...from, ...place })
    if (caption) drawOver(canvas, caption, Math.round((pixels - caption.width) / 2), pixels - caption.height - 4)
    return canvas
  })
}

const letter = (text: string, pixels: number, { lettering }: Studio, random: Random) =>
  lettering.draw(
    text,
    { width: pixels * 0.94, height: pixels * 0.17 },
    { ink: [255, 255, 255], edge: [20, 20, 20] },
    random,
  )
