import avro from 'avsc'

/** The part of avsc's cursor that the types below use; avsc does not export it. */
interface Tap {
  readonly buf: Buffer
  pos: number
  readLong(): number
  skipLong(): void
  readString(): string
  skipString(): void
  writeLong(value: number): void
  writeDouble(value: number): void
}

interface Codable {
  _read(tap: Tap): unknown
  _skip(tap: Tap): void
}

type Hook = ((value: unknown, type: avro.Type) => void) | undefined

/**
 * Avro types for bytes and values that nobody vouches for. Over avsc's own they
 * - refuse an array or map that claims more items than bytes are left: avsc would loop, or allocate, for minutes;
 * - refuse a skipped block of negative length, on which avsc would go back and never end;
 * - keep a map key named `__proto__`;
 * - give back every integer up to 2^53 - 1 exactly, where avsc rounds above 2^52, and refuse larger ones;
 * - take as enum symbols only the listed ones (`toString` is none), and only finite numbers as doubles.
 */
export function typeOf(schema: unknown): avro.Type {
  return avro.Type.forSchema(schema as avro.Schema, {
    wrapUnions: 'never',
    omitRecordMethods: true,
    typeHook: hardened,
  })
}

function hardened(schema: unknown, options: unknown): avro.Type | undefined {
  switch (kindOf(schema)) {
    case 'long':
      return new ExactLong()
    case 'array':
      return new BoundedArray(schema as avro.Schema, options)
    case 'map':
      return new BoundedMap(schema as avro.Schema, options)
    case 'enum':
      return new ListedEnum(schema as avro.Schema, options)
    case 'double':
      return new FiniteDouble()
    default:
      return undefined
  }
}

const kindOf = (schema: unknown): unknown =>
  typeof schema === 'object' && schema !== null && !Array.isArray(schema) ? (schema as { type?: unknown }).type : schema

/** The number of items in the next block; every item of our schemas takes at least one byte. */
function blockSize(tap: Tap): number {
  let items = tap.readLong()
  if (items < 0) {
    items = -items
    tap.skipLong()
  }
  if (items > tap.buf.length - tap.pos) throw new Error(`${items} items in ${tap.buf.length - tap.pos} bytes`)
  return items
}

function skipBlocks(tap: Tap, skipItem: () => void): void {
  for (let items = blockSize(tap); items > 0; items = blockSize(tap)) {
    while (items-- > 0) skipItem()
  }
}

class BoundedArray extends avro.types.ArrayType {
  _read(this: { itemsType: Codable }, tap: Tap): unknown[] {
    const values: unknown[] = []
    for (let items = blockSize(tap); items > 0; items = blockSize(tap)) {
      while (items-- > 0) values.push(this.itemsType._read(tap))
    }
    return values
  }

  _skip(this: { itemsType: Codable }, tap: Tap): void {
    skipBlocks(tap, () => {
      this.itemsType._skip(tap)
    })
  }
}

class BoundedMap extends avro.types.MapType {
  _read(this: { valuesType: Codable }, tap: Tap): Record<string, unknown> {
    const values: Record<string, unknown> = {}
    for (let items = blockSize(tap); items > 0; items = blockSize(tap)) {
      while (items-- > 0) setOwn(values, tap.readString(), this.valuesType._read(tap))
    }
    return values
  }

  _skip(this: { valuesType: Codable }, tap: Tap): void {
    skipBlocks(tap, () => {
      tap.skipString()
      this.valuesType._skip(tap)
    })
  }
}

function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') target[key] = value
  else Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true })
}

class ListedEnum extends avro.types.EnumType {
  _check(value: unknown, _flags: unknown, hook: Hook): boolean {
    const listed = this.symbols.includes(value as string)
    if (!listed) hook?.(value, this)
    return listed
  }

  _write(tap: Tap, value: unknown): void {
    const index = this.symbols.indexOf(value as string)
    if (index < 0) throw new Error('not a symbol of the enum')
    tap.writeLong(index)
  }
}

/** Below this avsc's floating-point zigzag is exact. */
const AVSC_EXACT = 2 ** 52

class ExactLong extends avro.types.LongType {
  _check(value: unknown, _flags: unknown, hook: Hook): boolean {
    const safe = Number.isSafeInteger(value)
    if (!safe) hook?.(value, this)
    return safe
  }

  _read(tap: Tap): number {
    const start = tap.pos
    const value = tap.readLong()
    return value < AVSC_EXACT && value > -AVSC_EXACT ? value : exactLong(tap, start)
  }

  _write(tap: Tap, value: unknown): void {
    if (!Number.isSafeInteger(value)) throw new Error('not an integer below 2^53')
    const number = value as number
    if (number < AVSC_EXACT && number > -AVSC_EXACT) tap.writeLong(number)
    else writeExactLong(tap, BigInt(number))
  }
}

/** Reads again what avsc read from `start` on. */
function exactLong(tap: Tap, start: number): number {
  const bytes = tap.buf.subarray(start, tap.pos)
  if (bytes.length > 10) throw new Error('a long of more than 10 bytes')
  const zigzag = bytes.reduceRight((sum, byte) => (sum << 7n) | BigInt(byte & 0x7f), 0n)
  const value = Number((zigzag >> 1n) ^ -(zigzag & 1n))
  if (!Number.isSafeInteger(value)) throw new Error(`the long ${value} is beyond 2^53`)
  return value
}

function writeExactLong(tap: Tap, value: bigint): void {
  let zigzag = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
  for (; zigzag > 0x7fn; zigzag >>= 7n) tap.buf[tap.pos++] = Number(zigzag & 0x7fn) | 0x80
  tap.buf[tap.pos++] = Number(zigzag)
}

class FiniteDouble extends avro.types.DoubleType {
  _check(value: unknown, _flags: unknown, hook: Hook): boolean {
    const finite = Number.isFinite(value)
    if (!finite) hook?.(value, this)
    return finite
  }

  _write(tap: Tap, value: unknown): void {
    if (!Number.isFinite(value)) throw new Error('not a finite number')
    tap.writeDouble(value as number)
  }
}
