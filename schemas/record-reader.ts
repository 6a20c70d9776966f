import type avro from 'avsc'
import { RecordError, messageOf } from '../errors/errors.js'
import type { EventName } from './events.js'

/** A schema that records may have been written with, and how to read it as the newest version of its event. */
export interface Writer {
  readonly event: EventName
  readonly reader: avro.Type
  /** undefined when it is the newest version itself. */
  readonly resolver: avro.Resolver | undefined
}

/** The value after a header. Throws RecordError RECORD_UNDECODABLE unless it is one whole record of the event. */
export function readRecord(writer: Writer, name: EventName, bytes: Buffer, headerBytes: number): unknown {
  if (writer.event !== name) throw undecodable(bytes, `it is a record of ${writer.event}, not of ${name}`)
  let result: { value: unknown; offset: number }
  try {
    result = writer.reader.decode(bytes, headerBytes, writer.resolver)
  } catch (error) {
    throw undecodable(bytes, messageOf(error))
  }
  if (result.offset < 0) throw undecodable(bytes, `its ${name} is truncated`)
  if (result.offset < bytes.length) throw undecodable(bytes, `${bytes.length - result.offset} bytes follow its ${name}`)
  return result.value
}

/** RECORD_UNDECODABLE, with enough of the bytes to recognise them. */
export function undecodable(bytes: Buffer | null, why: string): RecordError {
  const what = bytes === null ? 'a null value' : `a value of ${bytes.length} bytes (${preview(bytes)})`
  return new RecordError('RECORD_UNDECODABLE', `cannot decode ${what}: ${why}`)
}

const preview = (bytes: Buffer): string =>
  bytes.length === 0 ? 'empty' : bytes.subarray(0, 12).toString('hex') + (bytes.length > 12 ? '…' : '')
