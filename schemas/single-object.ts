import type { EventName } from './events.js'
import { undecodable, type Writer } from './record-reader.js'
import type { SchemaVersion } from './versions.js'

/** C3 01 and the fingerprint. */
export const SINGLE_OBJECT_HEADER_BYTES = 10

/**
 * Finds the writer of a single-object encoded record among all versions of the given schemas.
 * The function throws RecordError RECORD_UNDECODABLE when none of them wrote it.
 */
export function singleObjectWriters(
  schemas: readonly SchemaVersion[],
  newest: ReadonlyMap<EventName, SchemaVersion>,
): (bytes: Buffer | null) => Writer {
  // Maps keep small integers unboxed: half a fingerprint is the key, the other half is compared.
  const writers = new Map<number, Writer & { readonly high: number }>()
  for (const { event, version, type, header } of schemas) {
    const reader = newest.get(event)!.type
    const low = header.readUInt32LE(2)
    const twin = writers.get(low)
    // Two versions that differ in docs or defaults only have one fingerprint and are read alike.
    if (twin !== undefined && (twin.event !== event || twin.high !== header.readUInt32LE(6))) {
      throw new Error(`the fingerprints of ${twin.event} and ${event} v${version} cannot be told apart`)
    }
    const resolver = type.equals(reader) ? undefined : reader.createResolver(type)
    writers.set(low, { event, high: header.readUInt32LE(6), reader, resolver })
  }
  return (bytes) => {
    if (bytes === null || bytes.length < SINGLE_OBJECT_HEADER_BYTES) throw undecodable(bytes, 'it is too short')
    if (bytes[0] !== 0xc3 || bytes[1] !== 0x01) throw undecodable(bytes, 'it does not start with C3 01')
    const writer = writers.get(bytes.readUInt32LE(2))
    if (writer?.high !== bytes.readUInt32LE(6)) throw undecodable(bytes, 'no schema has its fingerprint')
    return writer
  }
}
