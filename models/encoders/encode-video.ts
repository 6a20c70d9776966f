import { RecordError } from '../../errors/errors.js'
import { textOf } from '../key-sentences/extract.js'
import { keySentences } from '../key-sentences/key-sentences.js'
import type { Lexicon } from '../key-sentences/lexicon.js'
import type { Segment } from '../key-sentences/sentence.js'
import { matchScores, type MatchScores } from '../match.js'
import type { MediaDecoders } from '../media/decoders.js'
import type { MediaSource } from '../media/media-job.js'
import { modalityNames, type Modality } from '../modalities.js'
import type { ModelSet } from '../sets/open-set.js'
import { encodeFrames, encodePicture } from './encode-pictures.js'
import { charactersOf, encodeText } from './encode-text.js'

/** What there is of a video; a part that is absent, null or holds nothing to read is missing. */
export interface VideoInput {
  readonly title?: string | null
  readonly account?: string | null
  /** The bytes of a JPEG, PNG or WebP, or its path. */
  readonly cover?: MediaSource | null
  readonly cover_text?: string | null
  /** The bytes of a clip, or its path. */
  readonly frames?: MediaSource | null
  readonly frame_text?: string | null
  /** A transcript, of which the key sentences are taken, or a text that is one already. */
  readonly asr?: readonly Pick<Segment, 'text'>[] | string | null
}

/** Decodes media to the pixels that the set sees. Throws RecordErrors MEDIA_* for what cannot be decoded. */
export type Decoders = Pick<MediaDecoders, 'decodePicture' | 'decodeFrames'>

export interface EncoderParts {
  readonly set: ModelSet
  readonly decoders: Decoders
  readonly lexicon: Lexicon
}

export interface VideoVectors {
  /** [dim] each, of length 1; null where the modality is missing. */
  readonly modalities: Readonly<Record<Modality, Float32Array | null>>
  /** The served vector of each fusion [dim]; null when all its modalities are missing. */
  readonly perception: Float32Array | null
  readonly content: Float32Array | null
  /** Modalities that count as missing because what there was could not be read. */
  readonly problems: Readonly<Partial<Record<Modality, RecordError>>>
}

/**
 * All vectors of one video. A modality that cannot be read (a broken cover, say) is missing and reported in
 * `problems`; the others are unharmed. Waits where the models' queues are full.
 *
 * @throws RecordError MODEL_RUN_FAILED when a fusion fails on this video; TransientError MODEL_DEVICE_FAILED,
 *   MEDIA_QUEUE_FULL; FatalError MODEL_CLOSED, MEDIA_CLOSED, MEDIA_DECODER_ABSENT
 */
export async function encodeVideo(parts: EncoderParts, input: VideoInput): Promise<VideoVectors> {
  const modalities: Partial<Record<Modality, Float32Array | null>> = {}
  const problems: Partial<Record<Modality, RecordError>> = {}
  await Promise.all(
    modalityNames.map(async (name) => {
      modalities[name] = await encodeModality(parts, name, input).catch((error: unknown) => {
        if (!(error instanceof RecordError)) throw error
        problems[name] = error
        return null
      })
    }),
  )
  const all = modalities as Record<Modality, Float32Array | null>
  const [perception, content] = await Promise.all([fuse(parts.set, 'perception', all), fuse(parts.set, 'content', all)])
  return { modalities: all, perception, content, problems }
}

/** The four match scores of a query with a video. */
export const matchVideo = (query: Float32Array, { modalities, perception, content }: VideoVectors): MatchScores =>
  matchScores(query, { cover: modalities.cover, frames: modalities.frames, perception, content })

async function encodeModality(
  { set, decoders, lexicon }: EncoderParts,
  name: Modality,
  input: VideoInput,
): Promise<Float32Array | null> {
  const { cover, frames } = input
  if (name === 'cover') return cover ? encodePicture(set, await decoders.decodePicture(cover)) : null
  if (name === 'frames') return frames ? encodeFrames(set, await decoders.decodeFrames(frames)) : null
  const text = name === 'asr' ? spoken(input, charactersOf(set, 'asr'), lexicon) : input[name]
  return text ? encodeText(set, name, text) : null
}

function spoken({ asr, title }: VideoInput, maxCharacters: number, lexicon: Lexicon): string | null {
  if (typeof asr === 'string' || !asr) return asr ?? null
  return textOf(keySentences(title ?? '', asr, { maxCharacters, lexicon }))
}

async function fuse(
  { manifest, models }: ModelSet,
  domain: 'perception' | 'content',
  modalities: Readonly<Record<Modality, Float32Array | null>>,
): Promise<Float32Array | null> {
  const { dim } = manifest
  const vectors = manifest.domains[domain].map((name) => modalities[name as Modality])
  if (vectors.every((vector) => vector === null)) return null
  const embeddings = new Float32Array(vectors.length * dim)
  vectors.forEach((vector, index) => vector && embeddings.set(vector, index * dim))
  const present = Uint8Array.from(vectors, (vector) => (vector === null ? 0 : 1))
  return (await models[domain].answerWhenFree({ embeddings, present })).vector!
}
