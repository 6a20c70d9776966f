import * as av from 'node-av/constants'
import { Codec, CodecContext, Frame, type Packet, type Stream } from 'node-av/lib'
import { RecordError } from '../../errors/errors.js'
import type { ClipFile } from './clip-file.js'
import { must, videoDecoders } from './clip-input.js'

/** A decoder for a stream; one thread, because there are as many processes as cores. Its caller frees it. */
export function openDecoder({ codecpar, timeBase }: Stream, maxPixels: number): CodecContext {
  const codec = Codec.findDecoder(codecpar.codecId)
  const name = codec?.name ?? `number ${codecpar.codecId}`
  if (codec === null || !videoDecoders.includes(name))
    throw new RecordError('MEDIA_UNSUPPORTED', `its codec is ${name}, not ${videoDecoders.join(', ')}`)
  const decoder = new CodecContext()
  try {
    decoder.allocContext3(codec)
    must(decoder.parametersToContext(codecpar), 'preparing to decode')
    decoder.pktTimebase = timeBase
    decoder.threadCount = 1
    // For clips whose pictures are larger than their header says; an option, because a dictionary given to open2 is
    // freed twice.
    must(decoder.setOption('max_pixels', BigInt(maxPixels), av.AV_OPT_TYPE_INT64), 'preparing to decode')
    must(decoder.open2Sync(codec), 'preparing to decode')
    return decoder
  } catch (error) {
    decoder.freeContext()
    throw error
  }
}

/**
 * The frames of a clip in order of their times, but for those that nobody asks for: where a key frame comes before the
 * next moment of interest, all that has not been decoded before it is skipped. A frame is valid until the next one.
 *
 * @param isAfterNext whether a moment lies after the next one of interest, `undefined` while nobody knows
 * @throws RecordError MEDIA_BROKEN
 */
export function* framesOf(
  file: ClipFile,
  decoder: CodecContext,
  isAfterNext: (moment: number) => boolean | undefined,
): Generator<Frame> {
  let held: Packet[] = []
  const release = () => {
    for (const packet of held) packet.free()
    held = []
  }
  try {
    for (const packet of file.packets()) {
      const moment = secondsOf(packet.pts, file.stream)
      if (packet.isKeyframe && isAfterNext(moment) === false) {
        release()
        decoder.flushBuffers()
      }
      held.push(packet)
      if (isAfterNext(moment) === false) continue
      for (const each of held) yield* decoded(decoder, each)
      release()
    }
    for (const each of held) yield* decoded(decoder, each)
    yield* decoded(decoder, null)
  } finally {
    release()
  }
}

function* decoded(decoder: CodecContext, packet: Packet | null): Generator<Frame> {
  must(decoder.sendPacketSync(packet), 'decoding')
  const frame = new Frame()
  frame.alloc()
  try {
    for (;;) {
      const status = decoder.receiveFrameSync(frame)
      if (status === av.AVERROR_EAGAIN || status === av.AVERROR_EOF) return
      must(status, 'decoding')
      yield frame
    }
  } finally {
    frame.free()
  }
}

/** The clip's own seconds of a time stamp. Throws RecordError MEDIA_BROKEN when there is none. */
export function secondsOf(pts: bigint, { timeBase }: Stream): number {
  if (pts === av.AV_NOPTS_VALUE) throw new RecordError('MEDIA_BROKEN', 'its frames have no times')
  return (Number(pts) * timeBase.num) / timeBase.den
}
