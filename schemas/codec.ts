import type avro from 'avsc'
import { RecordError, messageOf } from '../errors/errors.js'
import type { EventName, Events } from './events.js'
import { fieldPath, show } from './field-path.js'
import { newestOf, ourSchemas, type SchemaVersion } from './versions.js'

/** Bytes to events and back. Every record says which schema wrote it; a reader resolves any earlier version to its own. */
export interface Codec {
  /** Throws RecordError RECORD_INVALID, naming the field, when the value does not fit the schema. */
  encode<Name extends EventName>(name: Name, value: Events[Name]): Buffer
  /** Throws RecordError RECORD_UNDECODABLE on anything that is not exactly one record of this event. */
  decode<Name extends EventName>(name: Name, bytes: Buffer | null): Events[Name]
  /** Which event the bytes claim to be. Throws RecordError RECORD_UNDECODABLE when they claim none that is known. */
  eventNameOf(bytes: Buffer | null): EventName
}

/** C3 01 and the fingerprint. */
const HEADER_BYTES = 10
/** Encoded records are slices of slabs of this size, as in Node's own Buffer pool, so that encoding never copies. */
const SLAB_BYTES = 64 * 1024

/** A schema that records may have been written with, and how to read it as the newest version of its event. */
interface Writer {
  readonly event: EventName
  readonly low: number
  readonly high: number
  readonly reader: avro.Type
  readonly resolver: avro.Resolver | undefined
}

/** A codec of Avro single-object encoding over the given schemas; the newest version of an event is written and returned. */
export function createCodec(schemas: readonly SchemaVersion[]): Codec {
  const newest = newestOf(schemas)
  const writers = indexWriters(schemas, newest)
  let slab = Buffer.allocUnsafe(SLAB_BYTES)
  let used = 0

  const writerOf = (bytes: Buffer | null): Writer => {
    if (bytes === null || bytes.length < HEADER_BYTES) throw undecodable(bytes, 'it is too short for a schema header')
    if (bytes[0] !== 0xc3 || bytes[1] !== 0x01) throw undecodable(bytes, 'it does not start with C3 01')
    const writer = writers.get(bytes.readUInt32LE(2))
    if (writer?.high !== bytes.readUInt32LE(6)) throw undecodable(bytes, 'no schema has its fingerprint')
    return writer
  }

  return {
    encode(name, value) {
      const schema = known(newest, name)
      let end = write(schema, value, slab, used)
      if (end < 0) {
        const missing = -end
        slab = Buffer.allocUnsafe(Math.max(SLAB_BYTES, slab.length - used + missing))
        used = 0
        end = write(schema, value, slab, used)
      }
      const encoded = slab.subarray(used, end)
      used = end
      return encoded
    },
    decode<Name extends EventName>(name: Name, bytes: Buffer | null): Events[Name] {
      const writer = writerOf(bytes)
      if (writer.event !== name) throw undecodable(bytes, `it is a record of ${writer.event}, not of ${name}`)
      return read(writer, bytes!) as Events[Name]
    },
    eventNameOf: (bytes) => writerOf(bytes).event,
  }
}

function indexWriters(
  schemas: readonly SchemaVersion[],
  newest: ReadonlyMap<EventName, SchemaVersion>,
): Map<number, Writer> {
  const writers = new Map<number, Writer>()
  for (const schema of schemas) {
    const reader = known(newest, schema.event).type
    const resolver = schema.type === reader ? undefined : reader.createResolver(schema.type)
    const [low, high] = [schema.header.readUInt32LE(2), schema.header.readUInt32LE(6)]
    const twin = writers.get(low)
    // Two versions that differ in docs or defaults only have one fingerprint and are read alike.
    if (twin !== undefined && (twin.event !== schema.event || twin.high !== high)) {
      throw new Error(`the fingerprints of ${twin.event} and ${schema.event} v${schema.version} cannot be told apart`)
    }
    writers.set(low, { event: schema.event, low, high, reader, resolver })
  }
  return writers
}

function known(newest: ReadonlyMap<EventName, SchemaVersion>, name: EventName): SchemaVersion {
  const schema = newest.get(name)
  if (schema === undefined) throw new Error(`no schema of event ${name}`)
  return schema
}

/** The end of the record in the slab, or minus the bytes by which the slab is too short. */
function write(schema: SchemaVersion, value: unknown, slab: Buffer, start: number): number {
  schema.header.copy(slab, start)
  try {
    return schema.type.encode(value, slab, start + HEADER_BYTES)
  } catch (error) {
    throw misfit(schema, value, error)
  }
}

function read(writer: Writer, bytes: Buffer): unknown {
  let result: { value: unknown; offset: number }
  try {
    result = writer.reader.decode(bytes, HEADER_BYTES, writer.resolver)
  } catch (error) {
    throw undecodable(bytes, messageOf(error))
  }
  if (result.offset < 0) throw undecodable(bytes, `its ${writer.event} is truncated`)
  if (result.offset < bytes.length) {
    throw undecodable(bytes, `${bytes.length - result.offset} bytes follow its ${writer.event}`)
  }
  return result.value
}

function undecodable(bytes: Buffer | null, why: string): RecordError {
  const what = bytes === null ? 'a null value' : `a value of ${bytes.length} bytes (${preview(bytes)})`
  return new RecordError('RECORD_UNDECODABLE', `cannot decode ${what}: ${why}`)
}

const preview = (bytes: Buffer): string =>
  bytes.length === 0 ? 'empty' : bytes.subarray(0, 12).toString('hex') + (bytes.length > 12 ? '…' : '')

/** Which fields do not fit; avsc's writer itself does not know where it was. */
function misfit(schema: SchemaVersion, value: unknown, cause: unknown): RecordError {
  const found: string[] = []
  schema.type.isValid(value, {
    errorHook: (path: string[], field: unknown, type: avro.Type) => {
      const expected = JSON.stringify(type.schema({ noDeref: true }))
      const steps = path.map((step) => (/^\d+$/.test(step) ? Number(step) : step))
      found.push(`${fieldPath(steps)} is ${show(field)}, not ${expected}`)
    },
  })
  const why = found.length > 0 ? found.slice(0, 5).join('; ') : messageOf(cause)
  return new RecordError('RECORD_INVALID', `${schema.event} cannot be written: ${why}`, { cause })
}

let shared: Codec | undefined
const ours = (): Codec => (shared ??= createCodec(ourSchemas()))

/** See {@link Codec}; with the schemas in schemas/avro, which are read on the first call. */
export const encode: Codec['encode'] = (name, value) => ours().encode(name, value)
/** See {@link Codec}. */
export const decode: Codec['decode'] = (name, bytes) => ours().decode(name, bytes)
/** See {@link Codec}. */
export const eventNameOf: Codec['eventNameOf'] = (bytes) => ours().eventNameOf(bytes)
