import { FatalError } from '../../errors/errors.js'
import { cosine } from '../match.js'
import { decodeTensor, type Golden, type GoldenTensor, type GoldenVideo } from '../sets/golden.js'
import { modalityNames, textModalities, type TextModality } from '../modalities.js'
import { pathInSet } from '../sets/set-files.js'
import { checkThatThereAre } from './check-golden-media.js'
import { encodeVideo, type EncoderParts, type VideoVectors } from './encode-video.js'

export interface VideoAgreement {
  readonly videos: number
  readonly vectors: number
  readonly lowestCosine: number
}

/**
 * Golden videos, from JPEG, clip and texts to every vector, against what training recorded.
 *
 * @param demanded the lowest cosine that will do
 * @throws FatalError MODEL_SET_MISMATCH for a vector below it, or one that is there and should not be; MODEL_SET_INVALID
 *   when there is none to check
 */
export async function checkGoldenVideos(
  parts: EncoderParts,
  golden: Golden,
  demanded: number,
): Promise<VideoAgreement> {
  const cosines: number[] = []
  for (const [index, video] of golden.vectors.videos.entries()) {
    const which = `golden video ${index + 1}`
    const found = await encodeGolden(parts, video)
    for (const [name, { message }] of Object.entries(found.problems)) throw mismatch(`${which}, ${name}: ${message}`)
    for (const [name, vector, recorded] of pairsOf(found, video))
      cosines.push(...compare({ what: `${which}, ${name}`, demanded }, vector, recorded))
  }
  checkThatThereAre('vectors of videos', cosines)
  return { videos: golden.vectors.videos.length, vectors: cosines.length, lowestCosine: Math.min(1, ...cosines) }
}

async function encodeGolden(parts: EncoderParts, video: GoldenVideo): Promise<VideoVectors> {
  const { folder } = parts.set
  const { cover, clip } = video
  return encodeVideo(parts, {
    ...(Object.fromEntries(textModalities.map((name) => [name, video[name]])) as Pick<GoldenVideo, TextModality>),
    cover: cover === null ? null : await pathInSet(folder, cover),
    frames: clip === null ? null : await pathInSet(folder, clip),
  })
}

const pairsOf = (found: VideoVectors, recorded: GoldenVideo) => [
  ...modalityNames.map((name) => [name, found.modalities[name], recorded.modalities[name]] as const),
  ['perception', found.perception, recorded.perception] as const,
  ['content', found.content, recorded.content] as const,
]

function compare(
  { what, demanded }: { readonly what: string; readonly demanded: number },
  found: Float32Array | null,
  record: GoldenTensor | null,
): number[] {
  if (found === null || record === null) {
    if (found === record) return []
    throw mismatch(`${what}: ${found ? 'there is a vector' : 'none'}, unlike the record`)
  }
  const recorded = decodeTensor(record, what)
  const value =
    recorded.type === 'float32' && recorded.data.length === found.length ? cosine(found, recorded.data) : NaN
  if (value >= demanded) return [value]
  throw mismatch(`${what}: cosine ${value.toFixed(6)} to the record, below ${demanded}`)
}

const mismatch = (message: string): FatalError => new FatalError('MODEL_SET_MISMATCH', message)
