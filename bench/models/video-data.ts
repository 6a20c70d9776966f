import { randomOf, type Random } from '../../demo/random.js'
import type { Decoders, VideoInput } from '../../models/encoders/encode-video.js'
import { textModalities } from '../../models/modalities.js'
import type { Manifest } from '../../models/sets/manifest.js'
import { SPECIAL_TOKENS } from '../../models/text-budgets.js'

/** Videos with every modality, of random pixels and characters: models take as long for them as for real ones. */
export function randomVideos(count: number, { tokenizer }: Manifest, seed: number): VideoInput[] {
  const random = randomOf(seed)
  return Array.from({ length: count }, (_, index) => ({
    ...Object.fromEntries(
      textModalities.map((kind) => [kind, randomText(random, tokenizer.max_tokens[kind] - SPECIAL_TOKENS)]),
    ),
    ...{ cover: String(index), frames: String(index) },
  }))
}

/** Queries of 2 to 8 characters. */
export function randomQueries(count: number, seed: number): string[] {
  const random = randomOf('queries', seed)
  return Array.from({ length: count }, () => randomText(random, 8))
}

/** From a quarter of the longest to the longest, of common Chinese characters. */
function randomText(random: Random, longest: number): string {
  const length = Math.max(2, Math.ceil(longest * (0.25 + 0.75 * random())))
  return Array.from({ length }, () => String.fromCodePoint(0x4e00 + Math.floor(random() * 3000))).join('')
}

/** Pixels that are there already, so that decoding is not measured. */
export function readyPixels({ image, frames }: Manifest, seed: number): Decoders {
  const random = randomOf('pixels', seed)
  const pictures = (count: number): Uint8Array =>
    new Uint8Array(count * image.size * image.size * 3).map(() => Math.floor(random() * 256))
  const [cover, clip] = [pictures(1), pictures(frames.count)]
  return { decodePicture: () => Promise.resolve(cover), decodeFrames: () => Promise.resolve(clip) }
}
