import sharp from 'sharp'
import type { Vendor } from '../concepts/artwork.js'
import type { Concept } from '../concepts/concepts.js'
import type { Sprite } from './canvas.js'

/** Pixels of a drawing's largest level; two more follow. */
const LARGEST = 144

/** Drawings of concepts, each rendered once. Memory: some 110 KB for each concept and vendor that was asked for. */
export class Sprites {
  private readonly rendered = new Map<string, Promise<Sprite>>()

  of(concept: Concept, vendor: Vendor): Promise<Sprite> {
    const key = `${vendor.name} ${concept.id}`
    let sprite = this.rendered.get(key)
    if (!sprite) this.rendered.set(key, (sprite = render(vendor.svgOf(concept.id))))
    return sprite
  }
}

async function render(svg: string): Promise<Sprite> {
  const large = await sharp(Buffer.from(svg), { density: 200 })
    .resize(LARGEST, LARGEST, fit)
    .ensureAlpha()
    .raw()
    .toBuffer()
  const raw = { width: LARGEST, height: LARGEST, channels: 4 } as const
  const smaller = [LARGEST / 2, LARGEST / 4].map(async (size) => ({
    size,
    rgba: await sharp(large, { raw }).resize(size, size).raw().toBuffer(),
  }))
  return { levels: [{ size: LARGEST, rgba: large }, ...(await Promise.all(smaller))] }
}

const fit = { fit: 'contain', background: { r: 0, g: 0, b: 0, alpha: 0 } } as const
