import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { FatalError } from '../errors/errors.js'
import type { Domain } from '../schemas/events.js'
import type { Warehouse } from '../stores/clickhouse/warehouse.js'
import type { Chunk } from './chunks.js'
import type { ExportParameters } from './parameters.js'
import { countsSql, samplesSql } from './samples-sql.js'
import { splitNames, type SplitName } from './split.js'
import { digestFile, partPath, type FileDigest } from './training-files.js'

/** Tries before giving up on a chunk whose samples change while it is written. */
const TRIES = 3

/** How many samples of one kind a chunk has. */
export interface SampleCount {
  readonly split: SplitName
  readonly domain: Domain
  readonly policy: string
  readonly calibration: string | null
  readonly grade: number
  readonly n: number
}

export interface TrainingFile extends FileDigest {
  readonly path: string
  readonly split: SplitName
  readonly rows: number
}

/** What a finished chunk consists of. */
export interface ChunkRecord {
  readonly chunk: number
  readonly files: readonly TrainingFile[]
  readonly counts: readonly SampleCount[]
}

export interface ChunkJob {
  readonly warehouse: Warehouse
  readonly parameters: ExportParameters
  readonly out: string
  readonly chunk: Chunk
  /** Its number, from 0, which names its files. */
  readonly number: number
  readonly signal?: AbortSignal | undefined
}

/**
 * Writes the files of one chunk, or none: all are written aside, and take their names when the samples counted before
 * and after are the same to the last value. So counts and files agree although each comes from a query of its own.
 * Throws COMMAND_INVALID when the samples never stand still.
 */
export async function writeChunk(job: ChunkJob): Promise<ChunkRecord> {
  for (let tries = 0; tries < TRIES; tries++) {
    const before = await count(job)
    const files = await writeAside(job, before)
    if (JSON.stringify(await count(job)) !== JSON.stringify(before)) continue
    await nameFiles(job, files)
    return { chunk: job.number, files, counts: before.map(countOf) }
  }
  const { from, to } = job.chunk
  throw new FatalError(
    'COMMAND_INVALID',
    `the samples shown from ${from} to ${to} changed while they were written: export a range whose windows have closed`,
  )
}

const countOf = ({ split, domain, policy, calibration, grade, n }: Counted): SampleCount => ({
  split,
  domain,
  policy,
  calibration,
  grade,
  n,
})

type Counted = SampleCount & { readonly fingerprint: string }

function count({ warehouse, parameters, chunk, signal }: ChunkJob): Promise<Counted[]> {
  signal?.throwIfAborted()
  return warehouse.rows<Counted>(countsSql(parameters, chunk))
}

async function writeAside(job: ChunkJob, counts: readonly Counted[]): Promise<TrainingFile[]> {
  const { warehouse, parameters, out, chunk, number, signal } = job
  const files: TrainingFile[] = []
  for (const split of splitNames) {
    const rows = counts.reduce((sum, counted) => (counted.split === split ? sum + counted.n : sum), 0)
    if (rows === 0) continue
    signal?.throwIfAborted()
    const path = partPath(split, number, parameters.format)
    const aside = join(out, draftOf(path))
    await warehouse.toFile(
      samplesSql(parameters, chunk, split),
      aside,
      parameters.format === 'parquet' ? 'Parquet' : 'JSONEachRow',
    )
    files.push({ path, split, rows, ...(await digestFile(aside)) })
  }
  return files
}

/** Files of an earlier try that was killed after naming them may be of splits that have no samples any more. */
async function nameFiles({ out, number, parameters }: ChunkJob, files: readonly TrainingFile[]): Promise<void> {
  for (const split of splitNames) await rm(join(out, partPath(split, number, parameters.format)), { force: true })
  for (const { path } of files) await rename(join(out, draftOf(path)), join(out, path))
}

const draftOf = (path: string): string => `${path}.draft`
