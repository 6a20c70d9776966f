import type { EventName, Events } from './events.js'
import { readRecord } from './record-reader.js'
import { RecordWriter } from './record-writer.js'
import { SINGLE_OBJECT_HEADER_BYTES, singleObjectWriters } from './single-object.js'
import { newestOf, ourSchemas, type SchemaVersion } from './versions.js'

/** Bytes to events and back. Every record says which schema wrote it; a reader resolves any earlier version to its own. */
export interface Codec {
  /** Throws RecordError RECORD_INVALID, naming the field, when the value does not fit the schema. */
  encode<Name extends EventName>(name: Name, value: Events[Name]): Buffer
  /** Throws RecordError RECORD_UNDECODABLE on anything that is not exactly one record of this event. */
  decode<Name extends EventName>(name: Name, bytes: Buffer | null): Events[Name]
  /** Which event the bytes claim to be. Throws RecordError RECORD_UNDECODABLE when they claim none that is known. */
  eventNameOf(bytes: Buffer | null): EventName
  /**
   * Fetches the schemas that these values need and that are not known yet. To be awaited before they are decoded;
   * nothing to do without a schema registry. Throws TransientError REGISTRY_UNAVAILABLE.
   */
  prepare(values: Iterable<Buffer | null>): Promise<void>
}

/** A codec of Avro single-object encoding over the given schemas; the newest version of an event is written and returned. */
export function createCodec(schemas: readonly SchemaVersion[]): Codec {
  const newest = newestOf(schemas)
  const writerOf = singleObjectWriters(schemas, newest)
  const writer = new RecordWriter()
  return {
    encode(name, value) {
      const { type, header } = known(newest, name)
      return writer.write(name, type, header, value)
    },
    decode: <Name extends EventName>(name: Name, bytes: Buffer | null) =>
      readRecord(writerOf(bytes), name, bytes!, SINGLE_OBJECT_HEADER_BYTES) as Events[Name],
    eventNameOf: (bytes) => writerOf(bytes).event,
    prepare: () => Promise.resolve(),
  }
}

function known(newest: ReadonlyMap<EventName, SchemaVersion>, name: EventName): SchemaVersion {
  const schema = newest.get(name)
  if (schema === undefined) throw new Error(`no schema of event ${name}`)
  return schema
}

let shared: Codec | undefined
const ours = (): Codec => (shared ??= createCodec(ourSchemas()))

/** See {@link Codec}; with the schemas in schemas/avro, which are read on the first call. */
export const encode: Codec['encode'] = (name, value) => ours().encode(name, value)
/** See {@link Codec}. */
export const decode: Codec['decode'] = (name, bytes) => ours().decode(name, bytes)
/** See {@link Codec}. */
export const eventNameOf: Codec['eventNameOf'] = (bytes) => ours().eventNameOf(bytes)
