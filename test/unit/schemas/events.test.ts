import { describe, expect, it } from '@jest/globals'
import avro from 'avsc'
import { decode, encode } from '../../../schemas/codec.js'
import { newestSchemas, ourSchemas } from '../../../schemas/versions.js'
import { topics } from '../../../streams/topics.js'
import { bareEvents } from '../../helpers/bare-events.js'
import { eventNames, sampleEvents } from '../../helpers/sample-events.js'

/** Every field of a type with its path: `results[].video_id`. */
function fieldsOf(type: avro.Type, path = ''): { path: string; field: avro.types.Field }[] {
  if (type instanceof avro.types.ArrayType) return fieldsOf(type.itemsType, `${path}[]`)
  if (!(type instanceof avro.types.RecordType)) return []
  return type.fields.flatMap((field) => {
    const own = path === '' ? field.name : `${path}.${field.name}`
    return [{ path: own, field }, ...fieldsOf(field.type, own)]
  })
}

/** The paths at which a value is null. */
function nullsOf(value: unknown, path = ''): string[] {
  if (value === null) return [path]
  if (Array.isArray(value)) return value.flatMap((item) => nullsOf(item, `${path}[]`))
  if (typeof value !== 'object' || Buffer.isBuffer(value)) return []
  return Object.entries(value).flatMap(([key, item]) => nullsOf(item, path === '' ? key : `${path}.${key}`))
}

const isNullable = (field: avro.types.Field): boolean => field.type instanceof avro.types.UnwrappedUnionType
const newest = (name: (typeof eventNames)[number]) => newestSchemas().get(name)!

describe('schemas/events.ts and schemas/avro', () => {
  it('have the same events', () => {
    expect([...newestSchemas().keys()].sort()).toEqual([...eventNames].sort())
  })

  it('give every topic a schema', () => {
    for (const { event } of Object.values(topics)) expect(newestSchemas().has(event)).toBe(true)
  })

  // The compiler holds the samples against events.ts, the codec against the schema; no value in them is a default.
  it.each(eventNames)('have the same fields in %s', (name) => {
    expect({ ...decode(name, encode(name, sampleEvents[name])) }).toEqual(sampleEvents[name])
    expect(nullsOf(sampleEvents[name])).toEqual([])
  })

  it.each(eventNames)('have the same nullable fields in %s', (name) => {
    expect({ ...decode(name, encode(name, bareEvents[name])) }).toEqual(bareEvents[name])
    const nullable = fieldsOf(newest(name).type).filter(({ field }) => isNullable(field))
    expect(nullsOf(bareEvents[name]).sort()).toEqual(nullable.map(({ path }) => path).sort())
  })
})

describe('schemas/avro', () => {
  const written = ourSchemas().map(({ event, version, source }) => ({ title: `${event} v${version}`, source }))

  it.each(ourSchemas().map((schema) => ({ ...schema, title: `${schema.event} v${schema.version}` })))(
    'documents every field of $title, in snake_case, nullable ones with null first and as default',
    ({ type }) => {
      expect(type.doc).toMatch(/\w/)
      for (const { path, field } of fieldsOf(type)) {
        expect([path, field.name]).toEqual([path, expect.stringMatching(/^[a-z][a-z0-9_]*$/)])
        expect([path, (field as unknown as { doc?: string }).doc]).toEqual([path, expect.stringMatching(/\w/)])
        if (isNullable(field)) expect([path, field.defaultValue()]).toEqual([path, null])
      }
    },
  )

  it.each(written)('marks the times of $title as timestamp-millis', ({ source }) => {
    const times = /"name": "(?:at|tile|watermark|as_of|\w+_at|effective_from|computed_from|computed_to)"[^}\]]*/g
    for (const [field] of source.matchAll(times)) expect(field).toContain('"timestamp-millis"')
  })
})
