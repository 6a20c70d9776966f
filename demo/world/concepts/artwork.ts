import { createRequire } from 'node:module'

interface IconSet {
  readonly icons: Readonly<Record<string, { readonly body: string; readonly width?: number; readonly height?: number }>>
  readonly aliases?: Readonly<Record<string, { readonly parent: string }>>
  readonly width?: number
  readonly height?: number
}

/** Somebody's drawings of the emoji. */
export interface Vendor {
  readonly name: string
  draws(id: string): boolean
  /** The drawing as an SVG document. Throws RangeError for what it does not draw. */
  svgOf(id: string): string
}

const require = createRequire(import.meta.url)
const load = (path: string): unknown => require(`@iconify-json/${path}`)

/** Icon names by code point; sets without such a table of their own use the names of the set that has one. */
const charsOf = (name: string) => load(`${name}/chars.json`) as Readonly<Record<string, string>>

function openVendor(name: string, namedBy: string): Vendor {
  const set = load(`${name}/icons.json`) as IconSet
  const chars = charsOf(namedBy)
  const iconOf = (id: string) => {
    const icon = chars[id] ?? chars[id.replace(/-fe0f/g, '')]
    return icon === undefined ? undefined : (set.icons[icon] ?? set.icons[set.aliases?.[icon]?.parent ?? ''])
  }
  return {
    name,
    draws: (id) => iconOf(id) !== undefined,
    svgOf(id) {
      const icon = iconOf(id)
      if (!icon) throw new RangeError(`${name} does not draw ${id}`)
      const [width, height] = [icon.width ?? set.width ?? 16, icon.height ?? set.height ?? 16]
      return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}">${icon.body}</svg>`
    },
  }
}

/** The vendor whose drawings no training ever sees. */
export const heldOutVendor = 'noto'

/** noto: Apache-2.0; fluent-emoji-flat: MIT; twemoji and emojione: CC-BY-4.0, to be credited with any picture. */
export const vendors: readonly Vendor[] = [
  openVendor('noto', 'noto'),
  openVendor('fluent-emoji-flat', 'fluent-emoji-flat'),
  openVendor('twemoji', 'twemoji'),
  openVendor('emojione', 'noto'),
]
