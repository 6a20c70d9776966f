import type { Modality } from '../../models/modalities.js'
import type { Split, TrueVideo } from '../../models/world/truth.js'
import type { Account } from './accounts.js'
import type { Vendor } from './concepts/artwork.js'
import type { Concept } from './concepts/concepts.js'

/** A video of the world: what it holds, what it promises, and by what means. */
export interface WorldVideo {
  readonly id: string
  readonly split: Split
  readonly slice: TrueVideo['slice']
  /** Whose drawings its cover and its clip show. */
  readonly vendor: Vendor
  /** The first is its subject, the second too, a third comes up in passing. */
  readonly concepts: readonly Concept[]
  /** What comes first and what follows, if that matters in its clip. */
  readonly order: readonly [Concept, Concept] | null
  /** What a bait promises in place of what it holds. */
  readonly bait: Concept | null
  readonly account: Account
  readonly missing: readonly Modality[]
  readonly title: Title
  readonly cover: Cover
  readonly clip: Clip
  readonly transcript: Transcript
  readonly durationMs: number
  readonly durationKnown: boolean
  /** What makes people click whatever they search, around 1. */
  readonly attractiveness: number
}

export interface Title {
  readonly kind: TrueVideo['title_kind']
  readonly text: string
  readonly names: readonly Concept[]
}

export interface Cover {
  readonly kind: TrueVideo['cover_kind']
  readonly shows: readonly Concept[]
  /** Something beside, of which it is not. */
  readonly beside: Concept | null
  /** Drawn into the picture. */
  readonly text: string | null
  readonly textNames: Concept | null
}

/** A part of a clip. */
export interface Scene {
  /** Null: nothing but background. */
  readonly shows: Concept | null
  readonly frames: number
  readonly caption: string | null
}

export interface Clip {
  readonly scenes: readonly Scene[]
}

export interface Transcript {
  readonly segments: readonly { readonly start_ms: number; readonly end_ms: number; readonly text: string }[]
  /** Indexes of the segments that speak of what the video holds. */
  readonly topicSegments: readonly number[]
}

/** Whether a modality of this video is there. */
export const has = (video: WorldVideo, modality: Modality): boolean => !video.missing.includes(modality)
