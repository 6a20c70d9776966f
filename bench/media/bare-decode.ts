import * as av from 'node-av/constants'
import { Codec, CodecContext, FormatContext, Frame, Packet, SoftwareScaleContext, type Stream } from 'node-av/lib'

/**
 * What a program would do that trusts its files: every frame of a clip decoded in this very process by FFmpeg's
 * libraries, on one thread, and eight of them brought to `size` by swscale. No limits, no process of its own, not the
 * pixels that a model was trained on.
 */
export function decodeBare(path: string, size: number, count: number): Buffer[] {
  const format = new FormatContext()
  must(format.openInputSync(path))
  must(format.findStreamInfoSync(null))
  const stream = format.streams[format.findBestStream(av.AVMEDIA_TYPE_VIDEO)]!
  const decoder = decoderOf(stream)
  const frames = [...framesOf(format, stream.index, decoder)]
  const chosen = Array.from(
    { length: count },
    (_, index) => frames[Math.floor((frames.length * (index + 0.5)) / count)]!,
  )
  const pixels = chosen.map((frame) => scaled(frame, size))
  for (const frame of frames) frame.free()
  decoder.freeContext()
  format.closeInputSync()
  return pixels
}

function must(status: number): void {
  if (status < 0) throw new Error(`FFmpeg says ${status}`)
}

function decoderOf({ codecpar }: Stream): CodecContext {
  const codec = Codec.findDecoder(codecpar.codecId)
  const decoder = new CodecContext()
  decoder.allocContext3(codec)
  must(decoder.parametersToContext(codecpar))
  decoder.threadCount = 1
  must(decoder.open2Sync(codec))
  return decoder
}

function* framesOf(format: FormatContext, index: number, decoder: CodecContext): Generator<Frame> {
  const packet = new Packet()
  packet.alloc()
  while (format.readFrameSync(packet) >= 0) {
    if (packet.streamIndex === index) {
      must(decoder.sendPacketSync(packet))
      yield* received(decoder)
    }
    packet.unref()
  }
  packet.free()
  must(decoder.sendPacketSync(null))
  yield* received(decoder)
}

function* received(decoder: CodecContext): Generator<Frame> {
  for (;;) {
    const frame = new Frame()
    frame.alloc()
    if (decoder.receiveFrameSync(frame) < 0) return frame.free()
    yield frame
  }
}

function scaled(frame: Frame, size: number): Buffer {
  const scaler = new SoftwareScaleContext()
  scaler.getContext(
    ...([
      frame.width,
      frame.height,
      frame.format as typeof av.AV_PIX_FMT_YUV420P,
      size,
      size,
      av.AV_PIX_FMT_RGB24,
      av.SWS_BICUBIC,
    ] as const),
  )
  const rgb = new Frame()
  rgb.alloc()
  rgb.width = size
  rgb.height = size
  rgb.format = av.AV_PIX_FMT_RGB24
  must(rgb.allocBuffer())
  must(scaler.scaleFrameSync(rgb, frame))
  const pixels = rgb.toBuffer()
  rgb.free()
  scaler.freeContext()
  return pixels
}
