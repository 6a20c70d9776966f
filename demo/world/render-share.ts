import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { renderFrames } from './pictures/clip.js'
import { renderCover } from './pictures/cover.js'
import { encodeClip } from './pictures/encode-clip.js'
import { Lettering } from './pictures/lettering.js'
import { Sprites } from './pictures/sprites.js'
import { planVideos } from './plan-videos.js'
import type { MediaShare } from './render-in-processes.js'
import { clipPath, coverPath } from './upload-events.js'
import { has } from './video.js'
import { createVocabulary } from './vocabulary.js'

/** A process: renders every n-th video of a world and tells its parent of each. Ends with its parent. */
process.once('disconnect', () => process.exit(1))
const { folder, share, shares, ...size } = JSON.parse(process.argv[2]!) as MediaShare
const studio = { seed: size.seed, sprites: new Sprites(), lettering: new Lettering() }
for (const video of planVideos(size, createVocabulary(size.seed)).filter((_, n) => n % shares === share)) {
  if (has(video, 'cover')) await writeFile(join(folder, coverPath(video.id)), await renderCover(video, studio))
  if (has(video, 'frames')) await encodeClip(await renderFrames(video, studio), join(folder, clipPath(video.id)))
  process.send?.(null)
}
process.exit(0)
