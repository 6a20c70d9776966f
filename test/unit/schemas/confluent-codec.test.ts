import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { KinoraError } from '../../../errors/errors.js'
import { encode } from '../../../schemas/codec.js'
import { openCodec, openConfluentCodec } from '../../../schemas/confluent-codec.js'
import type { EventName } from '../../../schemas/events.js'
import { openRegistry } from '../../../schemas/registry-client.js'
import { ourSchemas } from '../../../schemas/versions.js'
import { eventNames, sampleEvents } from '../../helpers/sample-events.js'
import { startTinyRegistry, type TinyRegistry } from '../../helpers/tiny-registry.js'

const click = sampleEvents.ResultClicked

/** A click as another team's producer might define it: without the position, with a field of its own. */
const foreignClick = {
  type: 'record',
  name: 'kinora.ResultClicked',
  fields: [
    { name: 'video_id', type: 'string' },
    { name: 'session', type: { type: 'array', items: 'string' } },
    { name: 'request_id', type: 'string' },
    { name: 'at', type: 'int' },
    { name: 'user_id', type: 'string' },
  ],
}
const foreignBody = Buffer.from('04763102027300047231060475' + '31', 'hex')

const framed = (id: number, body: Buffer): Buffer => {
  const header = Buffer.alloc(5)
  header.writeUInt32BE(id, 1)
  return Buffer.concat([header, body])
}

const codeOf = async (run: () => unknown): Promise<string> => {
  try {
    await run()
    return 'none'
  } catch (error) {
    if (error instanceof KinoraError) return `${error.name} ${error.code}: ${error.message}`
    throw error
  }
}

describe('Confluent wire format: event ↔ 00, schema id, Avro', () => {
  let registry: TinyRegistry
  beforeEach(async () => {
    registry = await startTinyRegistry()
  })
  afterEach(() => registry.close())

  it.each(eventNames)('gives back every field of a full %s', async (name) => {
    const codec = await openCodec(registry.url)
    const bytes = codec.encode(name, sampleEvents[name])
    expect(bytes[0]).toBe(0)
    await codec.prepare([bytes])
    expect(codec.eventNameOf(bytes)).toBe(name)
    expect({ ...codec.decode(name, bytes) }).toEqual(sampleEvents[name])
  })

  it('registers each newest schema once, under its full name, and then asks for it only', async () => {
    await openCodec(registry.url)
    expect(
      registry.requests.filter((request) => request === 'POST /subjects/kinora.ResultClicked/versions'),
    ).toHaveLength(1)
    registry.requests.length = 0
    await openCodec(registry.url)
    expect(new Set(registry.requests)).toEqual(
      new Set(eventNames.map((name: EventName) => `POST /subjects/kinora.${name}`)),
    )
  })

  it('reads single-object encoded records too', async () => {
    const codec = await openCodec(registry.url)
    const bytes = encode('ResultClicked', click)
    await codec.prepare([bytes])
    expect(codec.eventNameOf(bytes)).toBe('ResultClicked')
    expect({ ...codec.decode('ResultClicked', bytes) }).toEqual(click)
  })

  it("resolves another producer's schema to ours and asks for its id once, also when many ask at the same time", async () => {
    const codec = await openCodec(registry.url)
    const bytes = framed(registry.add('clicks', JSON.stringify(foreignClick)), foreignBody)
    registry.requests.length = 0
    await Promise.all([codec.prepare([bytes, bytes]), codec.prepare([bytes])])
    await codec.prepare([bytes])
    expect({ ...codec.decode('ResultClicked', bytes) }).toEqual({
      request_id: 'r1',
      at: 3,
      user_id: 'u1',
      video_id: 'v1',
      position: null,
    })
    expect(registry.requests).toHaveLength(1)
  })

  it('refuses an id that the registry does not have, and does not ask for it with every record', async () => {
    const codec = await openCodec(registry.url)
    const bytes = framed(12345, Buffer.alloc(3))
    registry.requests.length = 0
    for (let i = 0; i < 3; i++) await codec.prepare([bytes])
    expect(registry.requests).toHaveLength(1)
    expect(await codeOf(() => codec.decode('ResultClicked', bytes))).toMatch(
      /^RecordError RECORD_UNDECODABLE: .*the registry has no Avro schema 12345/,
    )
  })

  it.each([
    ['a JSON schema', '{"type":"object"}', { schemaType: 'JSON' }, 'has no Avro schema'],
    ['a schema that needs others', JSON.stringify(foreignClick), { references: [{ name: 'x' }] }, 'has no Avro schema'],
    ['an event that is none of ours', '{"type":"record","name":"shop.Order","fields":[]}', {}, 'is shop.Order'],
    [
      'a schema without our required fields',
      '{"type":"record","name":"kinora.ResultClicked","fields":[]}',
      {},
      'cannot be read as ours',
    ],
    ['nonsense', '"nonsense"', {}, 'cannot be read as ours'],
  ])('refuses records of %s', async (_, schema, more, message) => {
    const codec = await openCodec(registry.url)
    const bytes = framed(registry.add('other', schema, more), Buffer.alloc(4))
    await codec.prepare([bytes])
    const error = await codeOf(() => codec.decode('ResultClicked', bytes))
    expect(error).toMatch(/^RecordError RECORD_UNDECODABLE/)
    expect(error).toContain(message)
  })

  it.each([
    ['null', null],
    ['an empty value', Buffer.alloc(0)],
    ['half a header', Buffer.from([0, 0, 0])],
    ['a bare header', null],
  ])('refuses %s', async (what, value) => {
    const codec = await openCodec(registry.url)
    const bytes = what === 'a bare header' ? codec.encode('ResultClicked', click).subarray(0, 5) : value
    await codec.prepare([bytes])
    expect(await codeOf(() => codec.decode('ResultClicked', bytes))).toMatch(/^RecordError RECORD_UNDECODABLE/)
  })

  it.each([
    ['silence', 'silence' as const],
    ['503', { status: 503, body: { error_code: 50003, message: 'Error while forwarding the request to the primary' } }],
    ['429', { status: 429, body: {} }],
  ])('is a transient failure when the registry answers with %s, and works again afterwards', async (_, failure) => {
    const codec = await openCodec(registry.url)
    const bytes = framed(registry.add('clicks', JSON.stringify(foreignClick)), foreignBody)
    registry.failWith = failure
    expect(await codeOf(() => codec.prepare([bytes]))).toMatch(/^TransientError REGISTRY_UNAVAILABLE/)
    expect(await codeOf(() => codec.decode('ResultClicked', bytes))).toMatch(/^TransientError REGISTRY_UNAVAILABLE/)
    expect(await codeOf(() => openCodec(registry.url))).toMatch(/^TransientError REGISTRY_UNAVAILABLE/)
    registry.failWith = null
    await codec.prepare([bytes])
    expect(codec.decode('ResultClicked', bytes).video_id).toBe('v1')
  })

  it('is fatal when the registry refuses our schema', async () => {
    registry.failWith = { status: 409, body: { error_code: 409, message: 'incompatible with an earlier schema' } }
    expect(await codeOf(() => openCodec(registry.url))).toMatch(/^FatalError REGISTRY_UNAVAILABLE: .*409 incompatible/)
  })

  it('signs in with the user and password of the URL', async () => {
    registry.credentials = 'ann:p@ss'
    const withUser = registry.url.replace('//', '//ann:p%40ss@')
    expect(await codeOf(() => openCodec(registry.url))).toMatch(/^FatalError REGISTRY_UNAVAILABLE: .*401/)
    const codec = await openConfluentCodec(ourSchemas(), openRegistry(withUser))
    expect(codec.encode('ResultClicked', click)[0]).toBe(0)
  })
})
