import sharp, { type Sharp } from 'sharp'
import { messageOf, RecordError } from '../../errors/errors.js'
import { flatten, type RawPicture } from './flatten.js'
import type { MediaLimits } from './limits.js'
import { isPicture, startOf } from './media-kind.js'
import { resizeSquare } from './resize.js'

/**
 * A JPEG, PNG or WebP as the image model sees it before normalisation: uint8 [size, size, 3].
 *
 * Turned by its EXIF orientation, alpha over white, colour profiles ignored, of animations the first picture, both
 * sides squashed to `size`: all as training does (models/training/preprocess.py), to the bit where libjpeg and its like
 * round as Pillow's own.
 *
 * @throws RecordError MEDIA_UNSUPPORTED, MEDIA_TOO_LARGE, MEDIA_BROKEN
 */
export async function readPicture(bytes: Uint8Array, size: number, limits: MediaLimits): Promise<Uint8Array> {
  if (!isPicture(bytes))
    throw new RecordError('MEDIA_UNSUPPORTED', `it ${startOf(bytes)}: pictures are JPEG, PNG or WebP`)
  try {
    return resizeSquare(flatten(await rawOf(bytes, limits)), size)
  } catch (error) {
    if (error instanceof RecordError) throw error
    throw new RecordError('MEDIA_BROKEN', messageOf(error), { cause: error })
  }
}

async function rawOf(bytes: Uint8Array, limits: MediaLimits): Promise<RawPicture> {
  const picture = sharp(bytes, { limitInputPixels: limits.pixels, failOn: 'error', ignoreIcc: true })
  const { width, height, space } = await metadataOf(bytes)
  if (width * height > limits.pixels)
    throw new RecordError('MEDIA_TOO_LARGE', `${width} × ${height} pixels, more than ${limits.pixels}`)
  const inks = space === 'cmyk'
  const { data, info } = await levelsOf(picture, inks)
  return { width: info.width, height: info.height, kind: inks ? 'cmyk' : info.channels === 4 ? 'rgba' : 'rgb', data }
}

const metadataOf = (bytes: Uint8Array) => sharp(bytes, { limitInputPixels: false }).metadata()

/** Inks stay as they are: sharp would mix them by a printer's profile, which Pillow does not have. */
const levelsOf = (picture: Sharp, inks: boolean) =>
  (inks ? picture.pipelineColourspace('cmyk').toColourspace('cmyk') : picture)
    .autoOrient()
    .raw()
    .toBuffer({ resolveWithObject: true })
