import { FatalError, RecordError } from '../../errors/errors.js'
import type { Golden } from '../sets/golden.js'
import type { ModelSet } from '../sets/open-set.js'
import { pathInSet } from '../sets/set-files.js'
import type { Decoders } from './encode-video.js'

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
 * @throws FatalError MODEL_SET_MISMATCH when a level differs by more than the golden file allows; MODEL_SET_CHANGED when
 *   a file is missing or cannot be decoded; MODEL_SET_INVALID when there is nothing to check
 */
export async function checkGoldenMedia(
  { folder, manifest }: Pick<ModelSet, 'folder' | 'manifest'>,
  golden: Golden,
  decoders: Decoders,
): Promise<MediaAgreement> {
  checkThatThereAre('pictures', golden.images)
  checkThatThereAre('clips', golden.clips)
  const picture = async (file: string): Promise<Uint8Array> =>
    readable(decoders.decodePicture(await pathInSet(folder, file)))
  let [pictureLevels, clipLevels] = [0, 0]
  for (const { file, pixels, max_level_difference } of golden.images) {
    // What is recorded has the right size already, so that reading it changes nothing.
    const levels = furthest(await picture(file), await picture(pixels))
    pictureLevels = Math.max(pictureLevels, within(file, levels, max_level_difference))
  }
  for (const { file, pixels, max_level_difference } of golden.clips) {
    const { count } = manifest.frames
    if (pixels.length !== count)
      throw new FatalError('MODEL_SET_INVALID', `golden ${file}: ${pixels.length} frames are recorded of ${count}`)
    const frames = await readable(decoders.decodeFrames(await pathInSet(folder, file)))
    const each = frames.length / count
    for (const [index, recorded] of pixels.entries()) {
      const levels = furthest(frames.subarray(index * each, (index + 1) * each), await picture(recorded))
      clipLevels = Math.max(clipLevels, within(`${file}, frame ${index}`, levels, max_level_difference))
    }
  }
  return { pictures: golden.images.length, clips: golden.clips.length, pictureLevels, clipLevels }
}

/** Throws FatalError MODEL_SET_INVALID when a check of a set would check nothing. */
export function checkThatThereAre(what: string, all: readonly unknown[]): void {
  if (all.length === 0) throw new FatalError('MODEL_SET_INVALID', `the golden file has no ${what}: nothing is shown`)
}

function within(what: string, levels: number, allowed: number): number {
  if (levels <= allowed) return levels
  throw new FatalError(
    'MODEL_SET_MISMATCH',
    `${what}: a level differs by ${levels} from what training saw, and ${allowed} is allowed: either a decoder does something else here, or the file was changed (then copy the set again as a whole)`,
  )
}

/** Golden media have no sha256: one that was damaged is found out here. */
async function readable(decoding: Promise<Uint8Array>): Promise<Uint8Array> {
  try {
    return await decoding
  } catch (cause) {
    if (!(cause instanceof RecordError)) throw cause
    const message = `golden media cannot be decoded: ${cause.message}; copy the set again as a whole`
    throw new FatalError('MODEL_SET_CHANGED', message, { cause })
  }
}

function furthest(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return 256
  return a.reduce((largest, level, index) => Math.max(largest, Math.abs(level - b[index]!)), 0)
}
