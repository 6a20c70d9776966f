import * as av from 'node-av/constants'
import { Dictionary, FFmpegError, FormatContext, IOContext, Packet, type Stream } from 'node-av/lib'
import { RecordError } from '../../errors/errors.js'
import type { MediaLimits } from './limits.js'

/** Containers and codecs of real clips. FFmpeg knows hundreds more: playlists that open other files, old parsers. */
const options = {
  format_whitelist: 'mov,matroska,mpegts',
  codec_whitelist: 'h264,hevc,vp8,vp9,libdav1d,av1,mpeg4,aac,mp3,mp3float,opus,vorbis',
  protocol_whitelist: 'none',
}
/** Small, because node-av 6.1.1 never frees this buffer: decoder processes are renewed before it adds up. */
const READ_BYTES = 16 * 1024

/** An opened clip; `close` it whatever happens. */
export interface ClipFile {
  readonly stream: Stream
  /** Of the video stream, else of the container, else 0. */
  readonly seconds: number
  /** The packets of the video stream; each is the caller's to free. */
  packets(): Generator<Packet>
  close(): void
}

/** @throws RecordError MEDIA_UNSUPPORTED, MEDIA_TOO_LARGE, MEDIA_BROKEN */
export function openClip(bytes: Uint8Array, limits: MediaLimits): ClipFile {
  const format = new FormatContext()
  format.allocContext()
  const io = memoryReader(bytes)
  format.pb = io
  const close = () => {
    format.closeInputSync()
    io.freeContext()
  }
  try {
    open(format)
    const stream = videoOf(format)
    const seconds = secondsOf(format, stream)
    checkSize(stream, seconds, limits)
    return { stream, seconds, packets: () => packetsOf(format, stream.index), close }
  } catch (error) {
    close()
    throw error
  }
}

/** @throws RecordError MEDIA_BROKEN with FFmpeg's words, when a call of it failed */
export function must(status: number, doing: string): void {
  if (status >= 0) return
  throw new RecordError('MEDIA_BROKEN', `${doing}: ${FFmpegError.strerror(status)}`)
}

function memoryReader(bytes: Uint8Array): IOContext {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let position = 0
  const read = (size: number) => {
    const chunk = buffer.subarray(position, position + size)
    position += chunk.length
    return chunk.length === 0 ? null : chunk
  }
  const seek = (offset: bigint, whence: number) => {
    if (whence === av.AVSEEK_SIZE) return BigInt(buffer.length)
    const from = whence === av.AVSEEK_CUR ? position : whence === av.AVSEEK_END ? buffer.length : 0
    position = Math.min(Math.max(from + Number(offset), 0), buffer.length)
    return BigInt(position)
  }
  const io = new IOContext()
  io.allocContextWithCallbacks(READ_BYTES, 0, read, null, seek)
  return io
}

function open(format: FormatContext): void {
  const settings = Dictionary.fromObject(options)
  try {
    must(format.openInputSync('', null, settings), 'opening')
  } finally {
    settings.free()
  }
  must(format.findStreamInfoSync(null), 'looking for streams')
}

function videoOf(format: FormatContext): Stream {
  const index = format.findBestStream(av.AVMEDIA_TYPE_VIDEO)
  const stream = format.streams[index]
  if (stream === undefined) throw new RecordError('MEDIA_UNSUPPORTED', 'there is no video stream in it')
  return stream
}

function secondsOf(format: FormatContext, { duration, timeBase }: Stream): number {
  if (duration !== av.AV_NOPTS_VALUE) return (Number(duration) * timeBase.num) / timeBase.den
  return format.duration === av.AV_NOPTS_VALUE ? 0 : Number(format.duration) / av.AV_TIME_BASE
}

function checkSize({ codecpar }: Stream, seconds: number, limits: MediaLimits): void {
  const { width, height } = codecpar
  if (width * height > limits.pixels)
    throw new RecordError('MEDIA_TOO_LARGE', `frames of ${width} × ${height} pixels, more than ${limits.pixels}`)
  if (seconds > limits.clipSeconds)
    throw new RecordError('MEDIA_TOO_LARGE', `it says it lasts ${seconds} s, more than ${limits.clipSeconds}`)
}

function* packetsOf(format: FormatContext, streamIndex: number): Generator<Packet> {
  for (;;) {
    const packet = new Packet()
    packet.alloc()
    const status = format.readFrameSync(packet)
    if (status === av.AVERROR_EOF) {
      packet.free()
      return
    }
    must(status, 'reading')
    if (packet.hasFlags(av.AV_PKT_FLAG_CORRUPT)) throw new RecordError('MEDIA_BROKEN', 'a part of it is missing')
    if (packet.streamIndex === streamIndex) yield packet
    else packet.free()
  }
}
