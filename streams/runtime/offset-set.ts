import { deflateRawSync, inflateRawSync } from 'node:zlib'

/**
 * A set of offsets as text for offset metadata: ascending deltas as varints, deflated, base64url.
 * Runs of neighbours, the common case, shrink to almost nothing.
 */
export function encodeOffsets(offsets: Iterable<number>): string {
  const ascending = [...offsets].sort((a, b) => a - b)
  if (ascending.length === 0) return ''
  const bytes: number[] = []
  let previous = 0
  for (const offset of ascending) {
    pushVarint(bytes, offset - previous)
    previous = offset
  }
  return deflateRawSync(Buffer.from(bytes)).toString('base64url')
}

/** The inverse of `encodeOffsets`. @throws RangeError or a zlib error on text that it did not write */
export function decodeOffsets(text: string): Set<number> {
  const offsets = new Set<number>()
  if (text === '') return offsets
  const bytes = inflateRawSync(Buffer.from(text, 'base64url'))
  let offset = 0
  let delta = 0
  let scale = 1
  for (const byte of bytes) {
    delta += (byte & 0x7f) * scale
    scale *= 128
    if (byte & 0x80) continue
    offset += delta
    offsets.add(offset)
    delta = 0
    scale = 1
  }
  if (scale !== 1) throw new RangeError('offset set ends inside a number')
  return offsets
}

function pushVarint(bytes: number[], value: number): void {
  let rest = value
  while (rest >= 128) {
    bytes.push((rest % 128) | 0x80)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
}
