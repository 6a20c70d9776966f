import { FatalError, RecordError, TransientError } from '../../errors/errors.js'
import { DecoderChild } from './decoder-child.js'
import { defaultLimits, type MediaLimits } from './limits.js'
import { nameOf, type MediaJob, type MediaSource } from './media-job.js'
import { checkBytes } from './media-source.js'

export interface DecoderOptions {
  /** Width and height of the pixels, as the manifest of a model set says. */
  readonly size: number
  /** Frames of a clip, as the manifest says. */
  readonly frames: number
  /** Decoder processes, each of one thread; they start when they are needed. */
  readonly processes?: number
  /** Most media that wait for a process. */
  readonly queueLimit?: number
  /** Jobs of a process until another one takes over: a clip leaks about 30 KB in native code (clip-input.ts). */
  readonly renewAfterJobs?: number
  readonly limits?: MediaLimits
}

interface Waiting {
  readonly job: MediaJob
  readonly resolve: (pixels: Uint8Array) => void
  readonly reject: (error: unknown) => void
}

/**
 * Decodes pictures and clips in processes of their own, which hostile media may crash, hang or swell: that one input
 * then fails with a code (after one more try where the process had done others before), and a new process takes the
 * next.
 *
 * Every method throws, for one input, RecordError MEDIA_UNSUPPORTED, MEDIA_TOO_LARGE, MEDIA_BROKEN, MEDIA_TIMEOUT,
 * MEDIA_DECODER_DIED; for all, TransientError MEDIA_QUEUE_FULL, FatalError MEDIA_DECODER_ABSENT, MEDIA_CLOSED.
 */
export class MediaDecoders {
  private readonly idle: DecoderChild[] = []
  private readonly queue: Waiting[] = []
  private readonly running = new Set<Promise<void>>()
  private closed = false

  constructor(private readonly options: Required<DecoderOptions>) {}

  /** A JPEG, PNG or WebP: uint8 [size, size, 3]. */
  decodePicture(source: MediaSource): Promise<Uint8Array> {
    return this.submit({ ...this.jobOf(source), frames: undefined }, this.options.limits.pictureBytes)
  }

  /** The frames shown at the middles of equal parts of a clip, in order: uint8 [frames, size, size, 3]. */
  decodeFrames(source: MediaSource): Promise<Uint8Array> {
    return this.submit({ ...this.jobOf(source), frames: this.options.frames }, this.options.limits.clipBytes)
  }

  /** Takes nothing more, answers all that was taken, and ends the processes. */
  async close(): Promise<void> {
    this.closed = true
    while (this.running.size > 0) await Promise.all(this.running)
    await Promise.all(this.idle.splice(0).map((child) => child.stop()))
  }

  private jobOf(source: MediaSource): Omit<MediaJob, 'frames'> {
    return { source, size: this.options.size, limits: this.options.limits }
  }

  private async submit(job: MediaJob, maxBytes: number): Promise<Uint8Array> {
    if (this.closed) throw new FatalError('MEDIA_CLOSED', 'the media decoders are closed')
    checkSource(job.source, maxBytes)
    if (this.queue.length >= this.options.queueLimit)
      throw new TransientError('MEDIA_QUEUE_FULL', `${this.queue.length} pictures and clips wait for a decoder already`)
    return new Promise((resolve, reject) => {
      this.queue.push({ job, resolve, reject })
      this.startNext()
    })
  }

  private startNext(): void {
    if (this.queue.length === 0 || this.running.size >= this.options.processes) return
    const running = this.answer(this.queue.shift()!).finally(() => {
      this.running.delete(running)
      this.startNext()
    })
    this.running.add(running)
  }

  private async answer({ job, resolve, reject }: Waiting): Promise<void> {
    await this.decode(job).then(resolve, reject)
  }

  private async decode(job: MediaJob): Promise<Uint8Array> {
    const used = this.living()
    return used === undefined ? this.decodeIn(this.start(), job) : this.decodeInUsed(used, job)
  }

  /** What becomes of an input depends on it alone: a process that dies may do so of earlier ones, a new one cannot. */
  private async decodeInUsed(child: DecoderChild, job: MediaJob): Promise<Uint8Array> {
    try {
      return await this.decodeIn(child, job)
    } catch (error) {
      if (!child.died) throw error
      return this.decodeIn(this.start(), job)
    }
  }

  private async decodeIn(child: DecoderChild, job: MediaJob): Promise<Uint8Array> {
    try {
      return await child.run(job)
    } finally {
      if (child.alive && child.jobs < this.options.renewAfterJobs) this.idle.push(child)
      else await child.stop()
    }
  }

  private start(): DecoderChild {
    return new DecoderChild(this.options.limits.memoryMb)
  }

  /** An idle process may have been ended by somebody else. */
  private living(): DecoderChild | undefined {
    let child = this.idle.pop()
    while (child !== undefined && !child.alive) child = this.idle.pop()
    return child
  }
}

/** Opens decoders; close them. No process starts before the first picture or clip. */
export const openMediaDecoders = (options: DecoderOptions): MediaDecoders =>
  new MediaDecoders({ processes: 2, queueLimit: 64, renewAfterJobs: 2000, limits: defaultLimits, ...options })

function checkSource(source: MediaSource, maxBytes: number): void {
  if (typeof source === 'string') return
  try {
    checkBytes(source.length, maxBytes)
  } catch (error) {
    throw new RecordError('MEDIA_TOO_LARGE', `${nameOf(source)}: ${(error as Error).message}`, { cause: error })
  }
}
