import * as av from 'node-av/constants'
import { Frame, SoftwareScaleContext } from 'node-av/lib'
import { RecordError } from '../../errors/errors.js'
import { must } from './clip-input.js'
import { resizeSquare, type Rgb } from './resize.js'

/** A frame as the model sees it: uint8 [size, size, 3], upright. Throws RecordError MEDIA_BROKEN, MEDIA_TOO_LARGE. */
export function pixelsOf(frame: Frame, size: number, maxPixels: number): Uint8Array {
  if (frame.width * frame.height > maxPixels)
    throw new RecordError('MEDIA_TOO_LARGE', `a frame of ${frame.width} × ${frame.height} pixels`)
  const pixels = resizeSquare(rgbOf(frame), size)
  const turns = quarterTurns(frame.getSideData(av.AV_FRAME_DATA_DISPLAYMATRIX))
  return turns === 0 ? pixels : turnedLeft(pixels, size, turns)
}

/**
 * The way of PyAV's `to_image`: swscale takes colour space and range from the frame, bilinear, and knows nothing of
 * transfer curves.
 */
function rgbOf(frame: Frame): Rgb {
  const scaler = new SoftwareScaleContext()
  const rgb = new Frame()
  try {
    scaler.allocContext()
    must(scaler.setOption('sws_flags', 'bilinear'), 'preparing colours')
    rgb.alloc()
    rgb.copyProps(frame)
    rgb.width = frame.width
    rgb.height = frame.height
    rgb.format = av.AV_PIX_FMT_RGB24
    for (const each of [frame, rgb]) {
      each.colorTrc = av.AVCOL_TRC_UNSPECIFIED
      each.colorPrimaries = av.AVCOL_PRI_UNSPECIFIED
    }
    must(rgb.allocBuffer(), 'making room for a frame')
    must(scaler.scaleFrameSync(rgb, frame), 'converting colours')
    return { width: frame.width, height: frame.height, data: rgb.toBuffer() }
  } finally {
    rgb.free()
    scaler.freeContext()
  }
}

/**
 * How often a frame must be turned left by 90° to stand upright, by its display matrix (int32 [9], as in MP4's track
 * header). Mirrored and skewed frames are taken as they are: training's preprocess.py has the same rule.
 */
export function quarterTurns(matrix: Buffer | null): number {
  if (matrix === null || matrix.length < 36) return 0
  const at = (index: number) => matrix.readInt32LE(index * 4)
  const [across, down] = [Math.sign(at(0)), Math.sign(at(1))]
  if (at(0) !== at(4) || at(1) !== -at(3) || (across === 0) === (down === 0)) return 0
  return down === 0 ? (across > 0 ? 0 : 2) : down < 0 ? 1 : 3
}

function turnedLeft(pixels: Uint8Array, size: number, turns: number): Uint8Array {
  const out = new Uint8Array(pixels.length)
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const from = (row * size + column) * 3
      const [toRow, toColumn] = placeOf(row, column, size - 1, turns)
      out.set(pixels.subarray(from, from + 3), (toRow * size + toColumn) * 3)
    }
  }
  return out
}

function placeOf(row: number, column: number, last: number, turns: number): readonly [number, number] {
  if (turns === 1) return [last - column, row]
  if (turns === 2) return [last - row, last - column]
  return [column, last - row]
}
