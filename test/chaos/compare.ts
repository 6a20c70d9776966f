import { isDeepStrictEqual } from 'node:util'

/** Rows by key, so that two collections can be compared whatever their order. */
export interface Comparison<Row> {
  what: string
  expected: Iterable<Row>
  actual: Iterable<Row>
  /** What identifies a row, and so how a difference is named. */
  keyOf: (row: Row) => readonly unknown[]
  /** The fields to compare; others are somebody else's business. */
  fields: readonly (keyof Row & string)[]
}

const SHOWN = 10

/**
 * What differs between two collections of rows, readable: how many rows differ in which way and the first ten of
 * them. Empty when they are equal.
 */
export const differences = <Row extends object>({ what, expected, actual, keyOf, fields }: Comparison<Row>): string => {
  const lines: string[] = []
  let count = 0
  const report = (line: string) => {
    count++
    if (lines.length < SHOWN) lines.push(line)
  }
  const wanted = new Map<string, Row>()
  for (const row of expected) {
    const key = JSON.stringify(keyOf(row))
    if (wanted.has(key)) report(`${key} is expected twice: the oracle is at fault`)
    wanted.set(key, row)
  }
  const seen = new Set<string>()
  for (const row of actual) {
    const key = JSON.stringify(keyOf(row))
    const want = wanted.get(key)
    if (seen.has(key)) report(`${key} is there twice`)
    else if (want === undefined) report(`${key} is there and must not be: ${brief(row, fields)}`)
    else for (const difference of fieldDifferences(want, row, fields)) report(`${key} ${difference}`)
    seen.add(key)
  }
  for (const [key, row] of wanted) if (!seen.has(key)) report(`${key} is missing: ${brief(row, fields)}`)
  if (count === 0) return ''
  const more = count > SHOWN ? [`… and ${count - SHOWN} more`] : []
  return [`${what}: ${count} differences, ${wanted.size} rows expected, ${seen.size} there`, ...lines, ...more].join(
    '\n  ',
  )
}

const fieldDifferences = <Row extends object>(want: Row, got: Row, fields: readonly (keyof Row & string)[]): string[] =>
  fields
    .filter((field) => !isDeepStrictEqual(got[field], want[field]))
    .map((field) => `${field} is ${shown(got[field])}, expected ${shown(want[field])}`)

const brief = <Row extends object>(row: Row, fields: readonly (keyof Row & string)[]): string =>
  fields
    .map((field) => `${field}=${shown(row[field])}`)
    .join(' ')
    .slice(0, 300)

/** For people: what JSON cannot say is said in words. */
const shown = (value: unknown): string =>
  value === undefined || (typeof value === 'number' && !Number.isFinite(value)) ? String(value) : JSON.stringify(value)
