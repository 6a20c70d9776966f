import { openMediaDecoders, type DecoderOptions, type MediaDecoders } from '../../models/media/decoders.js'
import { defaultLimits, type MediaLimits } from '../../models/media/limits.js'

/** Opens decoders of one process unless told otherwise, for pictures of 112 pixels and clips of 8 frames; `close` them all. */
export function testDecoders() {
  const opened: MediaDecoders[] = []
  return {
    open: (limits: Partial<MediaLimits> = {}, more: Partial<DecoderOptions> = {}): MediaDecoders => {
      const size = { size: 112, frames: 8, processes: 1 }
      const decoders = openMediaDecoders({ ...size, ...more, limits: { ...defaultLimits, ...limits } })
      opened.push(decoders)
      return decoders
    },
    close: async (): Promise<void> => {
      await Promise.all(opened.map((decoders) => decoders.close()))
    },
  }
}
