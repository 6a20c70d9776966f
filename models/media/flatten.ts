import type { Rgb } from './resize.js'

/** What a decoder gives: 3 channels RGB, 4 channels RGB and alpha, or 4 channels of inks. */
export interface RawPicture {
  readonly width: number
  readonly height: number
  readonly kind: 'rgb' | 'rgba' | 'cmyk'
  readonly data: Uint8Array
}

/** RGB of any picture, with the rounding of Pillow's `alpha_composite` (over white) and `convert('RGB')` (of inks). */
export function flatten({ width, height, kind, data }: RawPicture): Rgb {
  if (kind === 'rgb') return { width, height, data }
  const out = new Uint8Array(width * height * 3)
  const mix = kind === 'rgba' ? overWhite : withoutInk
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    const fourth = data[from + 3]!
    out[to] = mix(data[from]!, fourth)
    out[to + 1] = mix(data[from + 1]!, fourth)
    out[to + 2] = mix(data[from + 2]!, fourth)
  }
  return { width, height, data: out }
}

/** x / 255, rounded as Pillow's SHIFTFORDIV255 does. */
const dividedBy255 = (x: number): number => ((x >> 8) + x) >> 8

function overWhite(value: number, alpha: number): number {
  const share = alpha << 7
  const mixed = value * share + 255 * ((255 << 7) - share)
  return dividedBy255(mixed + (0x80 << 7)) >> 7
}

function withoutInk(ink: number, black: number): number {
  const light = 255 - black
  return Math.max(0, light - dividedBy255(ink * light + 128))
}
