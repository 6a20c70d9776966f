import type { ErrorCode } from '../../errors/codes.js'
import type { MediaLimits } from './limits.js'

/** The bytes of a file, or its path: then they never pass through this process. */
export type MediaSource = Uint8Array | string

/** What a decoder process is asked for, one at a time. */
export interface MediaJob {
  readonly source: MediaSource
  /** Width and height of the pixels wanted. */
  readonly size: number
  /** Frames of a clip; `undefined` asks for a picture. */
  readonly frames: number | undefined
  readonly limits: MediaLimits
}

/** What it says: that it is ready, the pixels, or why there are none. */
export type MediaReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'pixels'; readonly pixels: Uint8Array }
  | { readonly kind: 'failure'; readonly code: ErrorCode; readonly message: string }

/** The signal by which a decoder process ends itself when it outgrows its memory: its owner sees why it went. */
export const OUT_OF_MEMORY = 'SIGUSR2'

/** Names a source in messages. */
export const nameOf = (source: MediaSource): string =>
  typeof source === 'string' ? source : `media of ${source.length} bytes`
