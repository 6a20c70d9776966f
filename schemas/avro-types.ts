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
  if (schema === 'double') return new FiniteDouble()
  switch (kindOf(schema)) {
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
  typeof schema === 'object' && schema !== null && !Array.isArray(schema) ? (schema as { type?: unknown }).type : null

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
