import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type avro from 'avsc'
import { packageRoot } from '../config/package-root.js'
import { typeOf } from './avro-types.js'
import type { EventName } from './events.js'
import { singleObjectHeader } from './fingerprint.js'

/** One version of one event's schema. */
export interface SchemaVersion {
  readonly event: EventName
  readonly version: number
  readonly type: avro.Type
  /** The schema as written, for registries. */
  readonly source: string
  /** What opens a record written with it. */
  readonly header: Buffer
}

/** `results-shown.v1.avsc` holds version 1 of ResultsShown. */
const FILE = /^([a-z][a-z0-9-]*)\.v([1-9]\d*)\.avsc$/

/** Every schema file of a folder, by event and version, oldest first. Throws when a file's name and content disagree. */
export function readSchemas(folder: string): SchemaVersion[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.avsc'))
    .map((file) => readSchema(folder, file))
    .sort((a, b) => (a.event === b.event ? a.version - b.version : a.event < b.event ? -1 : 1))
}

/** The newest version of each event: the one that is written. */
export function newestOf(schemas: readonly SchemaVersion[]): ReadonlyMap<EventName, SchemaVersion> {
  const newest = new Map<EventName, SchemaVersion>()
  for (const schema of schemas) {
    if (schema.version > (newest.get(schema.event)?.version ?? 0)) newest.set(schema.event, schema)
  }
  return newest
}

let read: readonly SchemaVersion[] | undefined
let newest: ReadonlyMap<EventName, SchemaVersion> | undefined

/** The schemas of this package; the files are read on the first call. */
export const ourSchemas = (): readonly SchemaVersion[] => (read ??= readSchemas(join(packageRoot(), 'schemas', 'avro')))
/** The newest of them, by event. */
export const newestSchemas = (): ReadonlyMap<EventName, SchemaVersion> => (newest ??= newestOf(ourSchemas()))

function readSchema(folder: string, file: string): SchemaVersion {
  const [, kebab, version] = FILE.exec(file) ?? []
  if (kebab === undefined) throw new Error(`${join(folder, file)}: the name is not <event>.v<version>.avsc`)
  const source = readFileSync(join(folder, file), 'utf8')
  const type = typeOf(JSON.parse(source))
  const event = kebab.replace(/(?:^|-)([a-z0-9])/g, (_, first: string) => first.toUpperCase())
  if (type.name !== `kinora.${event}`) {
    throw new Error(`${join(folder, file)}: holds ${String(type.name)}, its name says kinora.${event}`)
  }
  // Without options avsc prints the Parsing Canonical Form: full names, no docs, defaults or logical types.
  const header = singleObjectHeader(JSON.stringify(type.schema()))
  return { event: event as EventName, version: Number(version), type, source, header }
}
