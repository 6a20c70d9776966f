import { open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ChunkRecord } from './chunk.js'
import type { ChunkPlan } from './chunks.js'
import type { ExportParameters } from './parameters.js'
import { writeWhole } from './training-files.js'

/** What an unfinished export has settled: its parameters and chunks, and the chunks that are done. */
export interface Journal {
  readonly format_version: number
  readonly parameters: ExportParameters
  readonly plan: ChunkPlan
  readonly done: readonly ChunkRecord[]
}

const journalPath = (out: string): string => join(out, '.export-journal.jsonl')

/** The journal of an unfinished export, or null. A last line that a kill cut off is taken as not written. */
export async function readJournal(out: string): Promise<Journal | null> {
  const text = await readFile(journalPath(out), 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  })
  if (text === null) return null
  const [head, ...records] = text.slice(0, text.lastIndexOf('\n')).split('\n')
  return {
    ...(JSON.parse(head!) as Omit<Journal, 'done'>),
    done: records.map((record) => JSON.parse(record) as ChunkRecord),
  }
}

/** Writes the journal anew, whole: so that the next line follows a whole line. */
export async function writeJournal(out: string, { done, ...head }: Journal): Promise<void> {
  await writeWhole(journalPath(out), [head, ...done].map((entry) => `${JSON.stringify(entry)}\n`).join(''))
}

/** Adds a finished chunk; once this returns, a resumed export leaves the chunk alone. */
export async function appendChunk(out: string, record: ChunkRecord): Promise<void> {
  const handle = await open(journalPath(out), 'a')
  try {
    await handle.appendFile(`${JSON.stringify(record)}\n`)
    await handle.datasync()
  } finally {
    await handle.close()
  }
}

/** A finished export needs none. */
export const removeJournal = (out: string): Promise<void> => rm(journalPath(out), { force: true })
