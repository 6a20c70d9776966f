import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { packageRoot } from '../../config/package-root.js'

const folder = join(packageRoot(), 'test/fixtures/media')

/** The path of a picture or clip of test/fixtures/media. */
export const mediaPath = (name: string): string => join(folder, name)
export const mediaBytes = (name: string): Buffer => readFileSync(mediaPath(name))

/** Names of the fixtures that end in one of these. */
export const mediaNames = (...endings: readonly string[]): string[] =>
  readdirSync(folder).filter(
    (name) => !name.endsWith('.expected.png') && endings.some((ending) => name.endsWith(ending)),
  )

/** What training sees of a picture, or of a clip's frames one after the other: uint8 [n, 112, 112, 3]. */
export const expectedPixels = async (name: string): Promise<Uint8Array> =>
  sharp(mediaBytes(`${name}.expected.png`))
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer()

/** Mean and largest absolute difference in levels. */
export function differenceOf(one: Uint8Array, other: Uint8Array): { mean: number; max: number } {
  if (one.length !== other.length) throw new Error(`${one.length} levels against ${other.length}`)
  let [sum, max] = [0, 0]
  for (const [index, level] of one.entries()) {
    const difference = Math.abs(level - other[index]!)
    sum += difference
    max = Math.max(max, difference)
  }
  return { mean: sum / one.length, max }
}
