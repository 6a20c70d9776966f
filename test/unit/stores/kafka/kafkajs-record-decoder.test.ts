import { createRequire } from 'node:module'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { decodeRecord, type BatchContext, type Cursor } from '../../../../stores/kafka/kafkajs-record-decoder.js'

const require = createRequire(import.meta.url)
type Decode = (from: Cursor, context: BatchContext) => unknown
const original = require('kafkajs/src/protocol/recordBatch/record/v0/decoder') as Decode
const Decoder = require('kafkajs/src/protocol/decoder') as new (buffer: Buffer) => Cursor
const encodeRecord = require('kafkajs/src/protocol/recordBatch/record/v0') as (record: object) => { buffer: Buffer }

/** The bytes of a record as a batch holds them, without the length in front: the caller has read it. */
function bytesOf(record: object): Buffer {
  const { buffer } = encodeRecord(record)
  let start = 0
  while (buffer[start]! >= 128) start++
  return buffer.subarray(start + 1)
}

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array))

const recordsWith = (headerName: fc.Arbitrary<string>) =>
  fc.record({
    offsetDelta: fc.nat(),
    timestampDelta: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
    key: fc.option(bytes),
    value: fc.option(bytes),
    headers: fc.dictionary(headerName, fc.oneof(bytes, fc.array(bytes, { minLength: 2 })), { maxKeys: 3 }),
  })

const inherited = Object.getOwnPropertyNames(Object.prototype)
const names = fc.string({ minLength: 1, maxLength: 9 })

const contexts = fc.record({
  firstOffset: fc.nat({ max: 2 ** 52 }).map(String),
  firstTimestamp: fc.nat({ max: 2 ** 44 }).map(String),
  maxTimestamp: fc.nat({ max: 2 ** 44 }).map(String),
  timestampType: fc.constantFrom(0, 1),
  isControlBatch: fc.boolean(),
  magicByte: fc.constant(2),
})

describe('decoding a record of a batch', () => {
  it('gives what kafkajs gives, for any record', () => {
    fc.assert(
      fc.property(recordsWith(names.filter((name) => !inherited.includes(name))), contexts, (record, context) => {
        const encoded = bytesOf(record)
        expect(decodeRecord(new Decoder(encoded), context)).toEqual(original(new Decoder(encoded), context))
      }),
      { numRuns: 250 },
    )
  })

  it('gives the headers that were sent, also those named as what every object inherits', () => {
    fc.assert(
      fc.property(recordsWith(fc.oneof(names, fc.constantFrom(...inherited))), contexts, (record, context) => {
        const { headers } = decodeRecord(new Decoder(bytesOf(record)), context)
        expect(Object.entries(headers)).toEqual(Object.entries(record.headers))
      }),
      { numRuns: 250 },
    )
  })
})
