import { createHash } from 'node:crypto'
import { mkdir, readdir, realpath, stat } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { FatalError } from '../errors/errors.js'
import type { Warehouse } from '../stores/clickhouse/warehouse.js'
import { isHeld, takeLock, type Lock } from '../stores/lock-file.js'
import { writeChunk, type ChunkRecord } from './chunk.js'
import { planChunks, type ChunkPlan, type MinuteCount } from './chunks.js'
import { appendChunk, readJournal, removeJournal, writeJournal, type Journal } from './journal.js'
import { manifestOf, readManifest, writeManifest, type Manifest } from './manifest.js'
import { checkParameters, differences, FORMAT_VERSION, type ExportParameters } from './parameters.js'
import { minutesSql } from './samples-sql.js'
import { splitNames } from './split.js'
import { removeDrafts } from './training-files.js'

/** How far an export is; rows are those planned at its start. */
export interface ExportProgress {
  readonly chunks: number
  readonly chunksDone: number
  readonly rows: number
  readonly rowsDone: number
}

export interface ExportOptions extends Omit<ExportParameters, 'database' | 'chunk_rows'> {
  readonly warehouse: Warehouse
  /** Folder of the training set: new, empty, or of the same export unfinished. */
  readonly out: string
  readonly chunkRows?: number
  readonly onProgress?: (progress: ExportProgress) => void
  /** Stops after the query in progress; the same call goes on later. */
  readonly signal?: AbortSignal
}

/** Enough for files worth opening, few enough that a kill costs little. */
const CHUNK_ROWS = 1_000_000

/**
 * The samples of a range of shown_at → a training set in files, with a manifest that appears last.
 *
 * The range is cut into chunks once; the journal remembers them and those that are done. Called again after a kill it
 * goes on where it was, and ends with the same bytes as if it had never stopped; called again after its end it only
 * returns the manifest. Throws COMMAND_INVALID when the folder holds anything else, or another export is at work there.
 */
export async function exportTrainingSet(options: ExportOptions): Promise<Manifest> {
  const { warehouse, out, chunkRows = CHUNK_ROWS } = options
  const parameters = checkParameters({ ...options, database: warehouse.database, chunk_rows: chunkRows })
  await mkdir(out, { recursive: true })
  const lock = await lockFolder(out)
  try {
    const finished = await readManifest(out)
    if (finished) refuseOther(out, finished, parameters)
    const manifest = finished ?? (await writeChunks(options, parameters))
    await removeJournal(out)
    return manifest
  } finally {
    await lock.release()
  }
}

async function writeChunks(options: ExportOptions, parameters: ExportParameters): Promise<Manifest> {
  const { warehouse, out, signal, onProgress } = options
  const { plan, done } = await openJournal(options, parameters)
  const records = new Map(done.map((record) => [record.chunk, record]))
  const report = () => onProgress?.(progressOf(plan, [...records.values()]))
  report()
  for (const [number, chunk] of plan.chunks.entries()) {
    if (records.has(number)) continue
    const record = await writeChunk({ warehouse, parameters, out, chunk, number, signal })
    await appendChunk(out, record)
    records.set(number, record)
    report()
  }
  const manifest = manifestOf(parameters, [...records.values()])
  await writeManifest(out, manifest)
  return manifest
}

/** Takes up the journal of an unfinished export, or plans and begins a new one. */
async function openJournal({ out, warehouse, signal }: ExportOptions, parameters: ExportParameters): Promise<Journal> {
  const unfinished = await readJournal(out)
  if (unfinished) refuseOther(out, unfinished, parameters)
  else await refuseStrangers(out)
  signal?.throwIfAborted()
  const journal = unfinished
    ? { ...unfinished, done: await stillThere(out, unfinished.done) }
    : { format_version: FORMAT_VERSION, parameters, plan: await plan(warehouse, parameters), done: [] }
  await writeJournal(out, journal)
  await removeDrafts(out)
  for (const split of splitNames) {
    await mkdir(join(out, split), { recursive: true })
    await removeDrafts(join(out, split))
  }
  return journal
}

const plan = (warehouse: Warehouse, parameters: ExportParameters): Promise<ChunkPlan> =>
  planChunks(parameters, minutesOf(warehouse, parameters))

async function* minutesOf(warehouse: Warehouse, parameters: ExportParameters): AsyncIterable<MinuteCount> {
  for await (const line of warehouse.stream(minutesSql(parameters))) yield JSON.parse(line) as MinuteCount
}

/** A chunk whose files were removed or cut since is written again. */
async function stillThere(out: string, done: readonly ChunkRecord[]): Promise<ChunkRecord[]> {
  const kept: ChunkRecord[] = []
  for (const record of done) {
    const sizes = await Promise.all(record.files.map(({ path }) => sizeOf(join(out, path))))
    if (record.files.every(({ bytes }, i) => bytes === sizes[i])) kept.push(record)
  }
  return kept
}

const sizeOf = (path: string): Promise<number | null> =>
  stat(path).then(
    ({ size }) => size,
    () => null,
  )

/** The lock is kept outside, so that the folder holds the training set and nothing else. */
async function lockFolder(out: string): Promise<Lock> {
  const name = createHash('sha256')
    .update(await realpath(out))
    .digest('hex')
    .slice(0, 32)
  const lock = await takeLock(join(tmpdir(), `kinora-${userInfo().username}`, 'exports', name))
  if (isHeld(lock)) throw new FatalError('COMMAND_INVALID', `${out}: process ${lock.pid} is exporting to this folder`)
  return lock
}

function refuseOther(out: string, before: Journal | Manifest, now: ExportParameters): void {
  const changed = differences(
    { format_version: before.format_version, ...before.parameters },
    { format_version: FORMAT_VERSION, ...now },
  )
  if (changed.length > 0)
    throw new FatalError(
      'COMMAND_INVALID',
      `${out} holds an export with other parameters: ${changed.join('; ')}. Choose another folder, or remove this one.`,
    )
}

async function refuseStrangers(out: string): Promise<void> {
  const names = (await readdir(out)).filter((name) => !name.startsWith('.export-'))
  if (names.length > 0)
    throw new FatalError('COMMAND_INVALID', `${out} is not empty and holds no export. Choose another folder.`)
}

const progressOf = ({ chunks, rows }: ChunkPlan, done: readonly ChunkRecord[]): ExportProgress => ({
  chunks: chunks.length,
  chunksDone: done.length,
  rows,
  rowsDone: done.flatMap(({ files }) => files).reduce((sum, file) => sum + file.rows, 0),
})
