import { TransientError } from '../errors/errors.js'
import { typeOf } from './avro-types.js'
import { createCodec, type Codec } from './codec.js'
import type { EventName, Events } from './events.js'
import { readRecord, undecodable, type Writer } from './record-reader.js'
import { RecordWriter } from './record-writer.js'
import { openRegistry, type Registry } from './registry-client.js'
import { SINGLE_OBJECT_HEADER_BYTES, singleObjectWriters } from './single-object.js'
import { newestOf, ourSchemas, type SchemaVersion } from './versions.js'

/** 00 and the schema id, big-endian. */
const HEADER_BYTES = 5
/** Ids that mean nothing are remembered, so that garbage does not ask the registry for each record; but not for ever. */
const FORGET_UNKNOWN_MS = 60_000
const MAX_UNKNOWN = 10_000
/** Lookups under way at a time. */
const PARALLEL = 8

/** The codec to use: Confluent wire format with a registry's URL, single-object encoding without. */
export function openCodec(registryUrl: string | null | undefined): Promise<Codec> {
  return registryUrl
    ? openConfluentCodec(ourSchemas(), openRegistry(registryUrl))
    : Promise.resolve(createCodec(ourSchemas()))
}

/**
 * A codec of the Confluent wire format; it reads single-object encoding too, so that a namespace can change over. The
 * subject of a schema is its full name (RecordNameStrategy): namespaces prefix topics, and one topic carries two events.
 * Rejects with REGISTRY_UNAVAILABLE, TransientError or FatalError, when the newest schemas cannot be registered.
 */
export async function openConfluentCodec(schemas: readonly SchemaVersion[], registry: Registry): Promise<Codec> {
  const newest = newestOf(schemas)
  const headers = new Map<EventName, Buffer>()
  for (const { event, type, source } of newest.values()) {
    headers.set(event, confluentHeader(await registry.idOf(type.name!, JSON.stringify(JSON.parse(source)))))
  }
  const ids = new SchemaIds(newest, registry)
  const singleObject = singleObjectWriters(schemas, newest)
  const writer = new RecordWriter()
  return {
    encode(name, value) {
      return writer.write(name, newest.get(name)!.type, headers.get(name)!, value)
    },
    decode<Name extends EventName>(name: Name, bytes: Buffer | null): Events[Name] {
      const framed = isConfluent(bytes)
      const from = framed ? ids.writerOf(bytes) : singleObject(bytes)
      return readRecord(from, name, bytes!, framed ? HEADER_BYTES : SINGLE_OBJECT_HEADER_BYTES) as Events[Name]
    },
    eventNameOf: (bytes) => (isConfluent(bytes) ? ids.writerOf(bytes) : singleObject(bytes)).event,
    prepare: (values) => ids.lookUp(values),
  }
}

const isConfluent = (bytes: Buffer | null): bytes is Buffer => bytes?.[0] === 0 && bytes.length >= HEADER_BYTES

function confluentHeader(id: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt32BE(id, 1)
  return header
}

/** What the registry has told about ids. */
class SchemaIds {
  private readonly writers = new Map<number, Writer>()
  /** Ids that cannot be read: why, and until when that is believed. */
  private readonly unknown = new Map<number, { why: string; until: number }>()
  private readonly underWay = new Map<number, Promise<void>>()

  constructor(
    private readonly newest: ReadonlyMap<EventName, SchemaVersion>,
    private readonly registry: Registry,
  ) {}

  writerOf(bytes: Buffer): Writer {
    const id = bytes.readUInt32BE(1)
    const writer = this.writers.get(id)
    if (writer !== undefined) return writer
    const unknown = this.unknown.get(id)
    if (unknown !== undefined) throw undecodable(bytes, unknown.why)
    throw new TransientError('REGISTRY_UNAVAILABLE', `schema id ${id} has not been looked up`)
  }

  async lookUp(values: Iterable<Buffer | null>): Promise<void> {
    const now = Date.now()
    if (this.unknown.size > MAX_UNKNOWN) this.unknown.clear()
    const wanted = new Set<number>()
    for (const bytes of values) {
      if (!isConfluent(bytes)) continue
      const id = bytes.readUInt32BE(1)
      if (!this.writers.has(id) && (this.unknown.get(id)?.until ?? 0) <= now) wanted.add(id)
    }
    const queue = [...wanted]
    const worker = async () => {
      for (let id = queue.pop(); id !== undefined; id = queue.pop()) await this.lookUpOne(id)
    }
    if (queue.length > 0) await Promise.all(Array.from({ length: Math.min(PARALLEL, queue.length) }, worker))
  }

  private lookUpOne(id: number): Promise<void> {
    let lookup = this.underWay.get(id)
    if (lookup === undefined) {
      lookup = this.ask(id).finally(() => this.underWay.delete(id))
      this.underWay.set(id, lookup)
    }
    return lookup
  }

  private async ask(id: number): Promise<void> {
    const schema = await this.registry.schemaOf(id)
    const found = schema === null ? `the registry has no Avro schema ${id}` : this.writerFor(id, schema)
    if (typeof found === 'string') this.unknown.set(id, { why: found, until: Date.now() + FORGET_UNKNOWN_MS })
    else this.writers.set(id, found)
  }

  /** How to read what a schema of the registry wrote, or why nothing of ours can. */
  private writerFor(id: number, schema: string): Writer | string {
    try {
      const type = typeOf(JSON.parse(schema))
      for (const { event, type: reader } of this.newest.values()) {
        if (reader.name !== type.name) continue
        return { event, reader, resolver: reader.equals(type) ? undefined : reader.createResolver(type) }
      }
      return `schema ${id} of the registry is ${String(type.name)}, none of our events`
    } catch (error) {
      return `schema ${id} of the registry cannot be read as ours: ${error instanceof Error ? error.message : String(error)}`
    }
  }
}
