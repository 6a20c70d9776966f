import type { CodecContext, Frame } from 'node-av/lib'
import { RecordError } from '../../errors/errors.js'
import { openClip, type ClipFile } from './clip-file.js'
import { framesOf, openDecoder, secondsOf } from './clip-frames.js'
import { FrameChoice, middles } from './frame-choice.js'
import type { MediaLimits } from './limits.js'
import { isClip, startOf } from './media-kind.js'
import { pixelsOf } from './pixels.js'

export interface FramesWanted {
  /** Width and height. */
  readonly size: number
  readonly count: number
}

/**
 * The frames shown at the middles of `count` equal parts of a clip, as the model sees them: uint8 [count, size, size,
 * 3]. A clip of fewer frames repeats them. The same frames and levels as training's (models/training/preprocess.py).
 *
 * @throws RecordError MEDIA_UNSUPPORTED, MEDIA_TOO_LARGE, MEDIA_BROKEN
 */
export function readFrames(bytes: Uint8Array, wanted: FramesWanted, limits: MediaLimits): Uint8Array {
  if (!isClip(bytes))
    throw new RecordError('MEDIA_UNSUPPORTED', `it ${startOf(bytes)}: clips are MP4, MOV, WebM, Matroska or MPEG-TS`)
  const file = openClip(bytes, limits)
  try {
    const decoder = openDecoder(file.stream, limits.pixels)
    try {
      return choose(file, decoder, wanted, limits)
    } finally {
      decoder.freeContext()
    }
  } finally {
    file.close()
  }
}

function choose(file: ClipFile, decoder: CodecContext, { size, count }: FramesWanted, limits: MediaLimits): Uint8Array {
  const choice = new FrameChoice(middles(Math.max(file.seconds, 0), count))
  const levels = size * size * 3
  const out = new Uint8Array(count * levels)
  let shown: Frame | null = null
  const keep = (times: number) => {
    const pixels = pixelsOf(shown!, size, limits.pixels)
    for (let left = choice.left + times; left > choice.left; left--) out.set(pixels, (count - left) * levels)
  }
  try {
    for (const frame of framesOf(file, decoder, (moment) => choice.isAfterNext(moment))) {
      const times = choice.add(secondsOf(frame.pts, file.stream))
      if (times > 0) keep(times)
      if (choice.left === 0) return out
      shown?.free()
      shown = frame.clone()
    }
    if (shown === null) throw new RecordError('MEDIA_BROKEN', 'there is no frame in it')
    keep(choice.end())
    return out
  } finally {
    shown?.free()
  }
}
