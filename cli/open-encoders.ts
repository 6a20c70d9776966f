import type { ModelsConfig } from '../config/config.js'
import type { EncoderParts } from '../models/encoders/encode-video.js'
import { openLexicon } from '../models/key-sentences/lexicon.js'
import { openMediaDecoders } from '../models/media/decoders.js'
import { findSet } from '../models/sets/find-sets.js'
import { openSet } from '../models/sets/open-set.js'

export interface OpenEncoders extends EncoderParts {
  /** Answers what was taken, then frees the models and ends the decoder processes. */
  close(): Promise<void>
}

/**
 * The configured model set with all that encoding takes.
 *
 * @param onCheck told what has been found right, one line at a time
 * @throws what `findSet` and `openSet` throw
 */
export async function openEncoders(models: ModelsConfig, onCheck?: (line: string) => void): Promise<OpenEncoders> {
  const { device, fallback, threads, batching } = models
  const found = await findSet(models.sets, models.set)
  const set = await openSet(found, { device, fallback, threads, batching, ...(onCheck && { onCheck }) })
  const { image, frames } = set.manifest
  const decoders = openMediaDecoders({ size: image.size, frames: frames.count, processes: models.decoders })
  const close = async (): Promise<void> => {
    await Promise.all([set.close(), decoders.close()])
  }
  return { set, decoders, lexicon: openLexicon(), close }
}
