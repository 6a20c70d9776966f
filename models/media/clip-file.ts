import * as av from 'node-av/constants'
import { Packet, type FormatContext, type Stream } from 'node-av/lib'
import { RecordError } from '../../errors/errors.js'
import { openInput, type ClipInput } from './clip-input.js'
import type { MediaLimits } from './limits.js'

/** An opened clip; `close` it whatever happens. */
export interface ClipFile {
  readonly stream: Stream
  /** Of the video stream, else of the container, else from the first frame to the end of the last one. */
  readonly seconds: number
  /** The packets of the video stream; each is the caller's to free. */
  packets(): Generator<Packet>
  close(): void
}

/** @throws RecordError MEDIA_UNSUPPORTED, MEDIA_TOO_LARGE, MEDIA_BROKEN */
export function openClip(bytes: Uint8Array, limits: MediaLimits): ClipFile {
  const input = openInput(bytes)
  try {
    const stream = videoOf(input.format)
    checkPixels(stream, limits)
    const seconds = saidSeconds(input.format, stream) ?? measuredSeconds(bytes, stream)
    checkSeconds(seconds, limits)
    return { stream, seconds, packets: () => packetsOf(input, stream.index), close: () => input.close() }
  } catch (error) {
    input.close()
    throw error
  }
}

function videoOf(format: FormatContext): Stream {
  const index = format.findBestStream(av.AVMEDIA_TYPE_VIDEO)
  const stream = format.streams[index]
  if (stream === undefined) throw new RecordError('MEDIA_UNSUPPORTED', 'there is no video stream in it')
  return stream
}

function saidSeconds(format: FormatContext, stream: Stream): number | undefined {
  if (stream.duration !== av.AV_NOPTS_VALUE) return inSeconds(stream.duration, stream)
  return format.duration === av.AV_NOPTS_VALUE ? undefined : Number(format.duration) / av.AV_TIME_BASE
}

/**
 * Live recordings are written before anybody knows how long they will be. Reads them once more, without decoding;
 * training's preprocess.py has the same rule.
 */
function measuredSeconds(bytes: Uint8Array, stream: Stream): number {
  const input = openInput(bytes)
  const packet = newPacket() // one for all: there may be millions, and JavaScript lets go of them after the job only
  let start: bigint | undefined
  let end: bigint | undefined
  try {
    while (input.read(packet, stream.index)) {
      const { pts, duration } = packet
      if (pts === av.AV_NOPTS_VALUE) continue
      if (start === undefined || pts < start) start = pts
      if (end === undefined || pts + duration > end) end = pts + duration
    }
    return start === undefined || end === undefined ? 0 : inSeconds(end - start, stream)
  } finally {
    packet.free()
    input.close()
  }
}

function inSeconds(ticks: bigint, { timeBase }: Stream): number {
  return (Number(ticks) * timeBase.num) / timeBase.den
}

function checkPixels({ codecpar }: Stream, limits: MediaLimits): void {
  const { width, height } = codecpar
  if (width * height > limits.pixels)
    throw new RecordError('MEDIA_TOO_LARGE', `frames of ${width} × ${height} pixels, more than ${limits.pixels}`)
}

function checkSeconds(seconds: number, limits: MediaLimits): void {
  if (seconds > limits.clipSeconds)
    throw new RecordError('MEDIA_TOO_LARGE', `it lasts ${seconds} s, more than ${limits.clipSeconds}`)
}

function* packetsOf(input: ClipInput, streamIndex: number): Generator<Packet> {
  for (;;) {
    const packet = newPacket()
    if (input.read(packet, streamIndex)) yield packet
    else return packet.free()
  }
}

function newPacket(): Packet {
  const packet = new Packet()
  packet.alloc()
  return packet
}
