import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { FatalError } from '../../errors/errors.js'
import type { AsrTranscribed, OcrRecognized, VideoUploaded } from '../../schemas/events.js'
import { joinRecognized } from '../recognized-text.js'
import type { WorldEvent } from './read-events.js'

/** What the events tell of one video; null where nothing does. Media are absolute paths. */
export interface CatalogVideo {
  readonly video_id: string
  readonly title: string | null
  readonly account: string | null
  readonly cover: string | null
  readonly clip: string | null
  readonly cover_text: string | null
  readonly frame_text: string | null
  readonly segments: AsrTranscribed['segments'] | null
}

/** Of an upload, its transcript and its recognised texts the newest of each, by event time. */
interface Known {
  upload: VideoUploaded | null
  asr: AsrTranscribed | null
  cover: OcrRecognized | null
  frame: OcrRecognized | null
}

/**
 * The videos of a world from its upload, ASR and OCR events, in order of their ids. Memory grows with the videos (some
 * kilobytes each), not with the requests. A video without an upload, or one that was taken down, is left out.
 */
export class VideoCatalog {
  private readonly known = new Map<string, Known>()

  constructor(private readonly world: string) {}

  take({ name, event }: WorldEvent): void {
    if (name === 'VideoUploaded') this.keep('upload', event)
    else if (name === 'AsrTranscribed') this.keep('asr', event)
    else if (name === 'OcrRecognized') this.keep(event.source, event)
  }

  *videos(): Generator<CatalogVideo> {
    for (const id of [...this.known.keys()].sort()) {
      const { upload, asr, cover, frame } = this.known.get(id)!
      if (upload === null || upload.deleted) continue
      yield {
        video_id: id,
        title: upload.title || null,
        account: upload.account_name || null,
        cover: this.media(id, upload.cover_uri),
        clip: this.media(id, upload.media_uri),
        cover_text: joinRecognized(cover?.texts ?? []),
        frame_text: joinRecognized(frame?.texts ?? []),
        segments: asr === null || asr.segments.length === 0 ? null : asr.segments,
      }
    }
  }

  private keep<Part extends keyof Known>(part: Part, event: NonNullable<Known[Part]>): void {
    let video = this.known.get(event.video_id)
    if (!video) this.known.set(event.video_id, (video = { upload: null, asr: null, cover: null, frame: null }))
    const earlier = video[part]
    if (earlier === null || event.at >= earlier.at) video[part] = event
  }

  /** A world's media have addresses within its folder. Throws WORLD_INVALID for one that is not there. */
  private media(id: string, uri: string | null): string | null {
    if (uri === null) return null
    const path = resolve(this.world, uri)
    if (!path.startsWith(resolve(this.world) + '/') || !existsSync(path))
      throw new FatalError('WORLD_INVALID', `video ${id}: there is no ${uri} in ${join(this.world, 'media')}`)
    return path
  }
}
