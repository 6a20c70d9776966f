import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import opentype, { type Font } from 'opentype.js'
import sharp from 'sharp'
import { codePoints } from '../../../models/code-points.js'
import { pick, type Random } from '../../random.js'
import type { Colour } from './canvas.js'

const files = [
  '@expo-google-fonts/ma-shan-zheng/400Regular/MaShanZheng_400Regular.ttf',
  '@expo-google-fonts/zcool-kuaile/400Regular/ZCOOLKuaiLe_400Regular.ttf',
  '@expo-google-fonts/zcool-xiaowei/400Regular/ZCOOLXiaoWei_400Regular.ttf',
]

/** Draws Chinese text as pictures do: thick, outlined, in one of a few typefaces. */
export class Lettering {
  private readonly fonts: readonly Font[]

  constructor() {
    const require = createRequire(import.meta.url)
    this.fonts = files.map((file) => {
      const bytes = readFileSync(require.resolve(file))
      return opentype.parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
    })
  }

  /** A line of text as RGBA, no wider than `width` pixels and no higher than `height`. */
  async draw(
    text: string,
    room: { width: number; height: number },
    colours: { ink: Colour; edge: Colour },
    random: Random,
  ) {
    const fits = this.fonts.filter((font) => codePoints(text).every((each) => font.charToGlyphIndex(each) > 0))
    const font = pick(random, fits.length > 0 ? fits : this.fonts)
    const edge = Math.max(1, room.height / 16)
    const size = Math.min(
      room.height * 0.85,
      ((room.width - 2 * edge) / Math.max(1, font.getAdvanceWidth(text, 1000))) * 1000,
    )
    const width = Math.ceil(font.getAdvanceWidth(text, size) + 2 * edge)
    const height = Math.ceil(size * 1.15 + 2 * edge)
    const path = font.getPath(text, edge, size * 0.92 + edge, size).toPathData(1)
    const svg =
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
      `<path d="${path}" fill="${css(colours.ink)}" stroke="${css(colours.edge)}" stroke-width="${2 * edge}" ` +
      'stroke-linejoin="round" paint-order="stroke"/></svg>'
    return { rgba: await sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer(), width, height }
  }
}

const css = (colour: Colour): string => `rgb(${colour.map(Math.round).join()})`
