import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { RecordError } from '../../../errors/errors.js'
import { decode, encode, eventNameOf } from '../../../schemas/codec.js'
import type { EventName, ResultsShown } from '../../../schemas/events.js'
import { eventNames, sampleEvents } from '../../helpers/sample-events.js'

const copyOf = (name: EventName): Buffer => Buffer.from(encode(name, sampleEvents[name]))

/** The code and message of the RecordError thrown; anything else thrown fails the test. */
function recordError(run: () => unknown): { code: string; message: string } {
  try {
    run()
  } catch (error) {
    if (error instanceof RecordError) return { code: error.code, message: error.message }
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('codec: event ↔ single-object encoded Avro', () => {
  it.each(eventNames)('gives back every field of a full %s', (name) => {
    const bytes = encode(name, sampleEvents[name])
    expect(bytes.subarray(0, 2).toString('hex')).toBe('c301')
    expect(eventNameOf(bytes)).toBe(name)
    expect({ ...decode(name, bytes) }).toEqual(sampleEvents[name])
  })

  it('gives back any text, number and map key', () => {
    fc.assert(
      fc.property(shown, (value) => {
        expect({ ...decode('ResultsShown', encode('ResultsShown', value)) }).toEqual(value)
      }),
    )
  })

  it.each([2 ** 31, 2 ** 52 - 1, 2 ** 52, 2 ** 52 + 1, 2 ** 53 - 1])('gives back %d and its negative exactly', (at) => {
    for (const value of [at, -at]) {
      expect(decode('WatermarkReached', encode('WatermarkReached', { watermark: value })).watermark).toBe(value)
    }
  })

  it('fills the optional fields that a value lacks with their defaults', () => {
    const bare = { request_id: 'r', at: 1, user_id: 'u', query: '', device: '', results: [] } as unknown as ResultsShown
    expect({ ...decode('ResultsShown', encode('ResultsShown', bare)) }).toEqual({
      ...bare,
      variants: {},
      model_set: null,
      served_features_at: null,
    })
  })

  it('writes records of any size, in buffers that do not overlap', () => {
    const sizes = [0, 1, 30_000, 30_000, 30_000, 65_526, 65_536, 3_000_000, 5]
    const encoded = sizes.map((size) =>
      encode('ResultsShown', { ...sampleEvents.ResultsShown, query: 'q'.repeat(size) }),
    )
    expect(encoded.map((bytes) => decode('ResultsShown', bytes).query.length)).toEqual(sizes)
  })

  it('gives values that share nothing with each other or with the bytes', () => {
    const bytes = copyOf('DeadLettered')
    const [first, second] = [decode('DeadLettered', bytes), decode('DeadLettered', bytes)]
    bytes.fill(0)
    first.value!.fill(9)
    expect(second.value).toEqual(sampleEvents.DeadLettered.value)
    expect(second.key).toEqual(sampleEvents.DeadLettered.key)
  })
})

describe('codec: a value that does not fit', () => {
  const shownWith = (change: object) => () => encode('ResultsShown', { ...sampleEvents.ResultsShown, ...change })

  it.each([
    ['a missing field', shownWith({ query: undefined }), 'query is missing'],
    ['a string for a number', shownWith({ at: '5' }), 'at is "5"'],
    ['half a millisecond', shownWith({ at: 0.5 }), 'at is 0.5'],
    ['NaN', shownWith({ at: NaN }), 'at is NaN'],
    ['a number beyond 2^53', shownWith({ at: 2 ** 53 }), 'at is 9007199254740992'],
    [
      'a nested field',
      shownWith({ results: [{ video_id: 7, position: 1, duration_ms: null }] }),
      'results[0].video_id is 7',
    ],
    ['a map value', shownWith({ variants: { ranker: null } }), 'variants.ranker is null'],
    [
      'an unlisted symbol',
      () => encode('OcrRecognized', { ...sampleEvents.OcrRecognized, source: 'toString' as 'cover' }),
      'source is "toString"',
    ],
    [
      'an infinite double',
      () => encode('TrainingSample', { ...sampleEvents.TrainingSample, weight: Infinity }),
      'weight is Infinity',
    ],
    [
      'NaN as a nullable double',
      () => encode('TrainingSample', { ...sampleEvents.TrainingSample, quantile: NaN }),
      'quantile is NaN',
    ],
    ['no object', () => encode('ResultClicked', 'r1' as never), 'the value is "r1"'],
    ['null', () => encode('ResultClicked', null as never), 'the value is null'],
  ])('is refused with its field named: %s', (_, run, message) => {
    expect(recordError(run)).toEqual({ code: 'RECORD_INVALID', message: expect.stringContaining(message) })
  })

  it('does not disturb the records written before and after it', () => {
    const before = encode('ResultClicked', sampleEvents.ResultClicked)
    recordError(shownWith({ variants: 5 }))
    const after = encode('ResultClicked', sampleEvents.ResultClicked)
    expect(before).toEqual(after)
  })
})

describe('codec: bytes that are no record', () => {
  const click = copyOf('ResultClicked')
  const header = click.subarray(0, 10)

  it.each([
    ['nothing', null, 'a null value'],
    ['an empty value', Buffer.alloc(0), 'too short'],
    ['only a header', header.subarray(0, 9), 'too short'],
    ['JSON', Buffer.from('{"request_id":"r1"}'), 'C3 01'],
    ['an unknown schema', Buffer.concat([Buffer.from('c3010102030405060708', 'hex'), Buffer.alloc(4)]), 'fingerprint'],
    ['half a known fingerprint', Buffer.concat([click.subarray(0, 6), Buffer.alloc(20)]), 'fingerprint'],
    ['another event', copyOf('VideoWatched'), 'it is a record of VideoWatched, not of ResultClicked'],
    ['bytes after the record', Buffer.concat([click, Buffer.from([0])]), '1 bytes follow'],
    ['a union branch that does not exist', Buffer.concat([click.subarray(0, -2), Buffer.from([8])]), 'union index'],
    ['a long beyond 2^53', longAt(click, 'ffffffffffffffffff01'), 'beyond 2^53'],
  ])('are refused: %s', (_, bytes, message) => {
    expect(recordError(() => decode('ResultClicked', bytes))).toEqual({
      code: 'RECORD_UNDECODABLE',
      message: expect.stringContaining(message),
    })
  })

  it.each(eventNames)('are refused when %s is cut anywhere', (name) => {
    const whole = copyOf(name)
    for (let length = 0; length < whole.length; length++) {
      expect(recordError(() => decode(name, whole.subarray(0, length))).code).toBe('RECORD_UNDECODABLE')
    }
  })

  it.each(eventNames)('never crash, hang or exhaust the reader when they are a mutated %s', (name) => {
    const whole = copyOf(name)
    const mutation = fc.array(fc.tuple(fc.nat(whole.length - 11), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 8,
    })
    fc.assert(
      fc.property(mutation, fc.uint8Array({ maxLength: 12 }), (changes, tail) => {
        const bytes = Buffer.concat([whole, tail])
        for (const [at, byte] of changes) bytes[10 + at] = byte
        decodesOrThrowsRecordError(name, bytes)
      }),
      { numRuns: 300 },
    )
  })

  it('never crash the reader when they are random', () => {
    fc.assert(
      fc.property(fc.constantFrom(...eventNames), fc.uint8Array({ maxLength: 300 }), (name, body) => {
        decodesOrThrowsRecordError(name, Buffer.concat([copyOf(name).subarray(0, 10), body]))
      }),
      { numRuns: 3000 },
    )
  })

  it.each([
    ['2^31', '808080801000'],
    ['2^40', '80808080808004'],
    ['-2^40, with a block size', 'ffffffffff7f02'],
    ['infinitely many', 'ff'.repeat(300)],
  ])('that claim an array of %s items are refused at once', (_, count) => {
    const whole = encode('AsrTranscribed', { ...sampleEvents.AsrTranscribed, segments: [], engine: '' })
    const bytes = Buffer.concat([whole.subarray(0, -2), Buffer.from(count, 'hex')])
    const start = performance.now()
    expect(recordError(() => decode('AsrTranscribed', bytes)).code).toBe('RECORD_UNDECODABLE')
    expect(performance.now() - start).toBeLessThan(1000)
  })
})

/** The click with other bytes as its `at`, which follows the two-letter request id. */
function longAt(click: Buffer, hex: string): Buffer {
  const id = click.subarray(0, 13)
  const at = click.subarray(13).findIndex((byte) => byte < 0x80) + 1
  return Buffer.concat([id, Buffer.from(hex, 'hex'), click.subarray(13 + at)])
}

function decodesOrThrowsRecordError(name: EventName, bytes: Buffer): void {
  try {
    decode(name, bytes)
  } catch (error) {
    if (!(error instanceof RecordError) || error.code !== 'RECORD_UNDECODABLE') throw error
  }
}

const text = fc.string({ unit: 'grapheme', maxLength: 80 })
const long = fc.maxSafeInteger()
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })

const shown: fc.Arbitrary<ResultsShown> = fc.record(
  {
    request_id: text,
    at: long,
    user_id: text,
    query: text,
    device: text,
    results: fc.array(fc.record({ video_id: text, position: long, duration_ms: orNull(long) })),
    variants: fc.dictionary(fc.oneof(text, fc.constant('__proto__'), fc.constant('constructor')), text),
    model_set: orNull(text),
    served_features_at: orNull(long),
  },
  { noNullPrototype: true },
)
