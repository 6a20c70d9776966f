import avro from 'avsc'
import { RecordError } from '../errors/errors.js'
import type { EventName, Events } from './events.js'
import { fieldPath, show } from './field-path.js'
import { validateEvent, type Arrival } from './validate.js'
import { newestSchemas } from './versions.js'

/** So many problems of one event are reported at once. */
const MAX_PROBLEMS = 5

type Path = readonly (string | number)[]

/**
 * A JSON value as an event: exactly the fields of its newest schema, missing optional ones filled with their defaults,
 * then the rules of validateEvent. Nothing is converted: `"5"` is no number, 1.5 no integer, and an unknown field is an
 * error, because it is most often a misspelt optional one.
 * Throws RecordError RECORD_INVALID naming the fields, or what validateEvent throws.
 */
export function parseEvent<Name extends EventName>(name: Name, json: unknown, arrival: Arrival = {}): Events[Name] {
  const problems: string[] = []
  const event = parse(newestSchemas().get(name)!.type, json, [], problems)
  if (problems.length > 0) {
    const more = problems.length > MAX_PROBLEMS ? `; and ${problems.length - MAX_PROBLEMS} more` : ''
    throw new RecordError('RECORD_INVALID', `no ${name}: ${problems.slice(0, MAX_PROBLEMS).join('; ')}${more}`)
  }
  validateEvent(name, event as Events[Name], arrival)
  return event as Events[Name]
}

function parse(type: avro.Type, value: unknown, path: Path, problems: string[]): unknown {
  if (type instanceof avro.types.RecordType) return parseRecord(type, value, path, problems)
  if (type instanceof avro.types.ArrayType) return parseArray(type, value, path, problems)
  if (type instanceof avro.types.MapType) return parseMap(type, value, path, problems)
  if (type instanceof avro.types.UnwrappedUnionType) {
    // Our unions are null or one other type.
    const other = type.types.find(({ typeName }) => typeName !== 'null')!
    return value === null ? null : parse(other, value, path, problems)
  }
  if (!type.isValid(value)) problems.push(`${fieldPath(path)} is ${show(value)}, not ${kindOf(type)}`)
  else if (typeof value === 'string') wellFormed(value, path, problems)
  return value
}

function parseRecord(type: avro.types.RecordType, value: unknown, path: Path, problems: string[]): unknown {
  if (!isObject(value)) return void problems.push(`${fieldPath(path)} is ${show(value)}, not an object`)
  const names = type.fields.map((field) => field.name)
  for (const key of Object.keys(value)) {
    if (names.includes(key)) continue
    problems.push(`${fieldPath([...path, key])} is no field (the fields are ${names.join(', ')})`)
  }
  const record: Record<string, unknown> = {}
  for (const field of type.fields) {
    const { name } = field
    if (Object.hasOwn(value, name) && value[name] !== undefined) {
      record[name] = parse(field.type, value[name], [...path, name], problems)
    } else {
      record[name] = field.defaultValue() as unknown
      if (record[name] === undefined) problems.push(`${fieldPath([...path, name])} is missing`)
    }
  }
  return record
}

function parseArray(type: avro.types.ArrayType, value: unknown, path: Path, problems: string[]): unknown {
  if (!Array.isArray(value)) return void problems.push(`${fieldPath(path)} is ${show(value)}, not an array`)
  return value.map((item, index) => parse(type.itemsType, item, [...path, index], problems))
}

function parseMap(type: avro.types.MapType, value: unknown, path: Path, problems: string[]): unknown {
  if (!isObject(value)) return void problems.push(`${fieldPath(path)} is ${show(value)}, not an object`)
  const entries = Object.entries(value).map(([key, item]): [string, unknown] => {
    wellFormed(key, path, problems)
    return [key, parse(type.valuesType as avro.Type, item, [...path, key], problems)]
  })
  return Object.fromEntries(entries)
}

/** UTF-8 has no half surrogate pairs: written, they would come back as other characters. */
function wellFormed(text: string, path: Path, problems: string[]): void {
  if (/\p{Surrogate}/u.test(text)) problems.push(`${fieldPath(path)} holds half a surrogate pair`)
}

function kindOf(type: avro.Type): string {
  if (type instanceof avro.types.EnumType) return `one of ${type.symbols.join(', ')}`
  return kinds[type.typeName] ?? `a ${type.typeName}`
}

const kinds: Record<string, string> = { long: 'an integer', double: 'a number' }

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
