import { readFile } from 'node:fs/promises'
import { FatalError } from '../../errors/errors.js'
import type { Golden } from '../sets/golden.js'
import type { ModelSet } from '../sets/open-set.js'
import { pathInSet } from '../sets/set-files.js'
import type { MediaDecoder } from './encode-video.js'

export interface MediaAgreement {
  readonly pictures: number
  readonly clips: number
  /** Largest difference of one level in 0…255, over all pixels. */
  readonly pictureLevels: number
  readonly clipLevels: number
}

/**
 * Golden pictures and clips as pixels, against those that training saw.
 *
 * @throws FatalError MODEL_SET_MISMATCH when a level differs by more than the golden file allows
 */
export async function checkGoldenMedia(
  { folder, manifest }: Pick<ModelSet, 'folder' | 'manifest'>,
  golden: Golden,
  decoder: MediaDecoder,
): Promise<MediaAgreement> {
  const { size } = manifest.image
  const bytesOf = async (file: string): Promise<Buffer> => readFile(await pathInSet(folder, file))
  // A recorded picture has the right size already, so that reading it changes nothing.
  const recorded = async (file: string): Promise<Uint8Array> => decoder.decodePicture(await bytesOf(file), size)
  let [pictureLevels, clipLevels] = [0, 0]
  for (const { file, pixels, max_level_difference } of golden.images) {
    const found = await decoder.decodePicture(await bytesOf(file), size)
    const levels = within(file, furthest(found, await recorded(pixels)), max_level_difference)
    pictureLevels = Math.max(pictureLevels, levels)
  }
  for (const { file, pixels, max_level_difference } of golden.clips) {
    const { frames } = await decoder.decodeFrames(await pathInSet(folder, file), size, manifest.frames.count)
    for (const [index, frame] of frames.entries()) {
      const levels = furthest(frame, await recorded(pixels[index] ?? ''))
      clipLevels = Math.max(clipLevels, within(`${file}, frame ${index}`, levels, max_level_difference))
    }
  }
  return { pictures: golden.images.length, clips: golden.clips.length, pictureLevels, clipLevels }
}

function within(what: string, levels: number, allowed: number): number {
  if (levels <= allowed) return levels
  throw new FatalError(
    'MODEL_SET_MISMATCH',
    `${what}: a level differs by ${levels} from what training saw, and ${allowed} is allowed`,
  )
}

function furthest(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return 256
  return a.reduce((largest, level, index) => Math.max(largest, Math.abs(level - b[index]!)), 0)
}
