import * as av from 'node-av/constants'
import { Dictionary, FFmpegError, FormatContext, IOContext, type Packet } from 'node-av/lib'
import { RecordError } from '../../errors/errors.js'

/** Containers of real clips. FFmpeg knows hundreds more: playlists that open other files, old parsers. */
const clipContainers = 'mov,matroska,mpegts'
/** Decoders of what clips are made of today. FFmpeg's list binds only what it probes; decoding looks here too. */
export const videoDecoders: readonly string[] = ['h264', 'hevc', 'vp8', 'vp9', 'libdav1d', 'av1', 'mpeg4']
const options = {
  codec_whitelist: [...videoDecoders, 'aac', 'mp3', 'mp3float', 'opus', 'vorbis'].join(),
  protocol_whitelist: 'none',
}
/** Small, because node-av 6.1.1 never frees this buffer: decoder processes are renewed before it adds up. */
const READ_BYTES = 16 * 1024

/** A container in memory; `close` it whatever happens. */
export interface ClipInput {
  readonly format: FormatContext
  /** The next packet of a stream takes the place of what is in `packet`; false at the end. Throws RecordError MEDIA_BROKEN. */
  read(packet: Packet, streamIndex: number): boolean
  close(): void
}

/** @throws RecordError MEDIA_BROKEN when it is no such container, or wants to open others */
export function openInput(bytes: Uint8Array, containers = clipContainers): ClipInput {
  const format = new FormatContext()
  format.allocContext()
  const io = memoryReader(bytes)
  format.pb = io
  const close = () => {
    format.closeInputSync()
    io.freeContext()
  }
  try {
    open(format, { ...options, format_whitelist: containers })
    return { format, read: (packet, streamIndex) => read(format, packet, streamIndex), close }
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

function open(format: FormatContext, options: Record<string, string>): void {
  const settings = Dictionary.fromObject(options)
  try {
    must(format.openInputSync('', null, settings), 'opening')
  } finally {
    settings.free()
  }
  must(format.findStreamInfoSync(null), 'looking for streams')
}

function read(format: FormatContext, packet: Packet, streamIndex: number): boolean {
  for (;;) {
    packet.unref()
    const status = format.readFrameSync(packet)
    if (status === av.AVERROR_EOF) return false
    must(status, 'reading')
    if (packet.hasFlags(av.AV_PKT_FLAG_CORRUPT)) throw new RecordError('MEDIA_BROKEN', 'a part of it is missing')
    if (packet.streamIndex === streamIndex) return true
  }
}
