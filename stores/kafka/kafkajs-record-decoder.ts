/** What kafkajs knows of the batch that a record is in; 64-bit numbers are text. */
export interface BatchContext {
  readonly firstOffset: string
  readonly firstTimestamp: string
  readonly maxTimestamp: string
  /** 1: the broker's clock, and then all records of the batch have its time. */
  readonly timestampType: number
  readonly isControlBatch: boolean
  readonly magicByte: number
}

/** kafkajs' decoder: bytes, and how far they are read. */
export interface Cursor {
  readonly buffer: Buffer
  offset: number
}

type HeaderValue = Buffer | null
type Headers = Readonly<Record<string, HeaderValue | HeaderValue[]>>

export interface DecodedRecord {
  readonly magicByte: number
  readonly attributes: number
  readonly timestamp: string
  readonly offset: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Headers
  readonly isControlRecord: boolean
  readonly batchContext: BatchContext
}

const LOG_APPEND_TIME = 1

/**
 * One record of a batch, as kafkajs' own function gives it. That one adds offsets and times as BigInts, half a dozen a
 * record; here they are numbers, exact up to 2^53. That one also takes what every object inherits for the values of
 * headers of those names.
 *
 * Record => length (read by the caller), attributes int8, timestampDelta varlong, offsetDelta varint, key, value,
 * headers [key, value]; bytes are a varint length and so many bytes.
 */
export function decodeRecord(from: Cursor, batchContext: BatchContext): DecodedRecord {
  const { firstOffset, firstTimestamp, maxTimestamp, timestampType, isControlBatch, magicByte } = batchContext
  const attributes = from.buffer.readInt8(from.offset++)
  const timestampDelta = varint(from)
  const offsetDelta = varint(from)
  return {
    magicByte,
    attributes,
    timestamp: timestampType === LOG_APPEND_TIME ? maxTimestamp : plus(firstTimestamp, timestampDelta),
    offset: plus(firstOffset, offsetDelta),
    key: bytes(from),
    value: bytes(from),
    headers: headers(from),
    isControlRecord: isControlBatch,
    batchContext,
  }
}

const plus = (base: string, delta: number): string => (delta === 0 ? base : String(Number(base) + delta))

/** Zigzag: 0, -1, 1, -2, … */
function varint(from: Cursor): number {
  let byte = from.buffer[from.offset++]!
  let value = byte & 0x7f
  for (let scale = 128; byte >= 128; scale *= 128) {
    byte = from.buffer[from.offset++]!
    value += (byte & 0x7f) * scale
  }
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}

function bytes(from: Cursor): Buffer | null {
  const length = varint(from)
  if (length === -1) return null
  const start = from.offset
  from.offset += length
  return from.buffer.subarray(start, from.offset)
}

/** Shared by all records without headers: thousands of a fetch are in memory at once. */
const none: Headers = Object.freeze({})

/**
 * Values of a key that comes several times are gathered in an array. The object inherits nothing: anyone may name a
 * header `__proto__` or `constructor`.
 */
function headers(from: Cursor): Headers {
  let left = varint(from)
  if (left <= 0) return none
  const found = Object.create(null) as Record<string, HeaderValue | HeaderValue[]>
  for (; left > 0; left--) {
    const key = bytes(from)!.toString('utf8')
    const value = bytes(from)
    const known = found[key]
    found[key] = known === undefined ? value : Array.isArray(known) ? [...known, value] : [known, value]
  }
  return found
}
