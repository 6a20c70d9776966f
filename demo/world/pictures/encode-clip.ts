import type { CodecContext } from 'node-av/lib'
import '../../../models/media/with-resolvers.js'
import { worldParameters } from '../parameters.js'
import type { Canvas } from './canvas.js'

const { Encoder, Muxer } = await import('node-av/api')
const { FFmpegError, Frame, Log, Rational } = await import('node-av/lib')
const { AV_LOG_ERROR, AV_OPT_SEARCH_CHILDREN, AV_OPT_TYPE_STRING, AV_PIX_FMT_YUV420P, FF_ENCODER_LIBX264 } =
  await import('node-av/constants')

Log.setLevel(AV_LOG_ERROR)

/** Writes frames as an H.264 clip (MP4). The same frames, the same bytes. */
export async function encodeClip(frames: readonly Canvas[], path: string): Promise<void> {
  const { framesPerSecond, crf } = worldParameters.clips
  using encoder = await Encoder.create(FF_ENCODER_LIBX264, {
    gopSize: framesPerSecond,
    maxBFrames: 0,
    context: { threadCount: 1 },
    // Not as `options`: node-av 6.1.1 frees those twice.
    configure: (context) => {
      set(context, 'preset', 'veryfast')
      set(context, 'crf', `${crf}`)
    },
  })
  await using output = await Muxer.open(path, { format: 'mp4' })
  const stream = output.addStream(encoder)
  for (const packet of encoder.packetsSync(rawFrames(frames, framesPerSecond))) {
    output.writePacketSync(packet, stream)
    packet?.free()
  }
}

function set(context: CodecContext, name: string, value: string): void {
  FFmpegError.throwIfError(context.setOption(name, value, AV_OPT_TYPE_STRING, AV_OPT_SEARCH_CHILDREN), name)
}

function* rawFrames(frames: readonly Canvas[], framesPerSecond: number) {
  for (const [n, canvas] of frames.entries()) yield rawFrame(canvas, n, framesPerSecond)
  // The end: without it the frames that the encoder still holds are lost.
  yield null
}

/** The n-th frame as the encoder takes it. */
export function rawFrame(canvas: Canvas, n: number, framesPerSecond: number) {
  const timeBase = new Rational(1, framesPerSecond)
  const properties = { width: canvas.size, height: canvas.size, format: AV_PIX_FMT_YUV420P, timeBase, pts: BigInt(n) }
  const pixels = toYuv420(canvas)
  // node-av 6.1.1 does not copy them, whatever it says: without an owner they are freed before they are encoded, and
  // one clip in some thousands has 32 wrong pixels.
  return Object.assign(Frame.fromVideoBuffer(pixels, properties), { pixels })
}

/** RGB → planar Y, Cb, Cr (ITU-R BT.601, 16–235), the chroma at half the size. */
function toYuv420({ size, rgb }: Canvas): Buffer {
  const pixels = size * size
  const yuv = Buffer.alloc(pixels + pixels / 2)
  for (let pixel = 0, at = 0; pixel < pixels; pixel++, at += 3)
    yuv[pixel] = 16.5 + 0.257 * rgb[at]! + 0.504 * rgb[at + 1]! + 0.098 * rgb[at + 2]!
  for (let y = 0, to = pixels; y < size; y += 2)
    for (let x = 0; x < size; x += 2, to++) {
      const at = (y * size + x) * 3
      const [red, green, blue] = [
        meanOfFour(rgb, at, size),
        meanOfFour(rgb, at + 1, size),
        meanOfFour(rgb, at + 2, size),
      ]
      yuv[to] = 128.5 - 0.148 * red - 0.291 * green + 0.439 * blue
      yuv[to + pixels / 4] = 128.5 + 0.439 * red - 0.368 * green - 0.071 * blue
    }
  return yuv
}

/** Of one channel: a pixel, its neighbour to the right, and the two below. */
const meanOfFour = (rgb: Buffer, at: number, size: number): number =>
  (rgb[at]! + rgb[at + 3]! + rgb[at + 3 * size]! + rgb[at + 3 * size + 3]!) / 4
