import { encodeVideo, type EncoderParts, type VideoVectors } from '../encoders/encode-video.js'
import type { CatalogVideo } from '../world/video-catalog.js'

export interface EmbedOptions {
  /** Videos that are decoded and encoded side by side. */
  readonly parallel: number
  readonly signal?: AbortSignal
  readonly onVideo?: (done: number) => void
}

/** A video with its title, for those who match by characters. */
export interface EmbeddedVideo {
  readonly title: string | null
  readonly vectors: VideoVectors
}

/** The vectors of videos, by id. Throws what `encodeVideo` throws. */
export async function embedVideos(
  parts: EncoderParts,
  videos: Iterable<CatalogVideo>,
  { parallel, signal, onVideo }: EmbedOptions,
): Promise<Map<string, EmbeddedVideo>> {
  const embedded = new Map<string, EmbeddedVideo>()
  const left = videos[Symbol.iterator]()
  const work = async (): Promise<void> => {
    for (let next = left.next(); !next.done; next = left.next()) {
      signal?.throwIfAborted()
      const { video_id, segments, clip, ...rest } = next.value
      const vectors = await encodeVideo(parts, { ...rest, frames: clip, asr: segments })
      embedded.set(video_id, { title: rest.title, vectors })
      onVideo?.(embedded.size)
    }
  }
  await Promise.all(Array.from({ length: parallel }, work))
  return embedded
}
