import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Option, type Command } from 'commander'
import { FatalError } from '../errors/errors.js'
import type { TimeRange } from '../stores/clickhouse/time-range.js'
import type { Warehouse } from '../stores/clickhouse/warehouse.js'
import { timeOption } from './time-option.js'

/** Where rows go, and how. */
export interface RowFlags {
  format: 'jsonl' | 'parquet'
  out?: string
}

/** What printing needs of the program. */
export interface PrintContext {
  readonly openWarehouse: () => Promise<Warehouse>
  readonly signal: AbortSignal
  /** Standard output, if absent. */
  readonly stdout?: Writable & { readonly isTTY?: boolean }
}

/** When rows were shown; a missing end is open. */
export interface RangeFlags {
  from?: number
  to?: number
}

/** Adds --from and --to, both optional. */
export const withRange = (command: Command, what: string): Command =>
  command
    .addOption(timeOption('--from <time>', `${what} from here on`))
    .addOption(timeOption('--to <time>', `${what} before here`))

/** Adds --format and --out. */
export const withFormat = (command: Command): Command =>
  command
    .addOption(new Option('--format <format>', 'of the rows').choices(['jsonl', 'parquet']).default('jsonl'))
    .option('-o, --out <file>', 'file to write instead of standard output; it appears whole or not at all')

/** Throws COMMAND_INVALID for a range that ends before it begins. */
export function rangeOf({ from, to }: RangeFlags): TimeRange {
  if (from !== undefined && to !== undefined && to < from)
    throw new FatalError('COMMAND_INVALID', '--to must not be before --from')
  return { from: from ?? null, to: to ?? null }
}

/**
 * Prints the rows of a statement in constant memory. A reader that has seen enough (`| head`) ends it quietly.
 * Throws COMMAND_INVALID rather than write Parquet to a terminal.
 */
export async function printRows(
  { openWarehouse, signal, stdout = process.stdout }: PrintContext,
  sql: string,
  { format, out }: RowFlags,
): Promise<void> {
  const warehouse = await openWarehouse()
  if (out !== undefined) return warehouse.toFile(sql, out, format === 'parquet' ? 'Parquet' : 'JSONEachRow')
  if (format === 'jsonl') return print(Readable.from(linesOf(warehouse.stream(sql))), stdout, signal)
  if (stdout.isTTY) throw new FatalError('COMMAND_INVALID', 'Parquet is not for a terminal: give --out FILE, or a pipe')
  const folder = await mkdtemp(join(tmpdir(), 'kinora-rows-'))
  try {
    const file = join(folder, 'rows.parquet')
    await warehouse.toFile(sql, file, 'Parquet')
    await print(createReadStream(file), stdout, signal)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function* linesOf(rows: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const row of rows) yield `${row}\n`
}

async function print(rows: Readable, stdout: Writable, signal: AbortSignal): Promise<void> {
  try {
    await pipeline(rows, stdout, { signal, end: false })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw signal.aborted ? signal.reason : error
  }
}
