import type avro from 'avsc'
import { RecordError, messageOf } from '../errors/errors.js'
import type { EventName } from './events.js'
import { fieldPath, show } from './field-path.js'

/** Encoded records are slices of slabs of this size, as in Node's own Buffer pool, so that encoding never copies. */
const SLAB_BYTES = 64 * 1024

/** Puts header and value of records one behind the other into slabs. */
export class RecordWriter {
  private slab = Buffer.allocUnsafe(SLAB_BYTES)
  private used = 0

  /** Throws RecordError RECORD_INVALID, naming the fields, when the value does not fit the type. */
  write(event: EventName, type: avro.Type, header: Buffer, value: unknown): Buffer {
    let end = this.tryWrite(event, type, header, value)
    if (end < 0) {
      this.slab = Buffer.allocUnsafe(Math.max(SLAB_BYTES, this.slab.length - this.used - end))
      this.used = 0
      end = this.tryWrite(event, type, header, value)
    }
    const record = this.slab.subarray(this.used, end)
    this.used = end
    return record
  }

  /** The end of the record in the slab, or minus the bytes by which the slab is too short. */
  private tryWrite(event: EventName, type: avro.Type, header: Buffer, value: unknown): number {
    header.copy(this.slab, this.used)
    try {
      return type.encode(value, this.slab, this.used + header.length)
    } catch (error) {
      throw misfit(event, type, value, error)
    }
  }
}

/** Which fields do not fit; avsc's writer itself does not know where it was. */
function misfit(event: EventName, type: avro.Type, value: unknown, cause: unknown): RecordError {
  const found: string[] = []
  type.isValid(value, {
    errorHook: (path: string[], field: unknown, expected: avro.Type) => {
      const steps = path.map((step) => (/^\d+$/.test(step) ? Number(step) : step))
      found.push(`${fieldPath(steps)} is ${show(field)}, not ${JSON.stringify(expected.schema({ noDeref: true }))}`)
    },
  })
  const why = found.length > 0 ? found.slice(0, 5).join('; ') : messageOf(cause)
  return new RecordError('RECORD_INVALID', `${event} cannot be written: ${why}`, { cause })
}
