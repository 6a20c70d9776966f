import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { ChunkRecord } from '../../../export/chunk.js'
import { appendChunk, readJournal, removeJournal, writeJournal, type Journal } from '../../../export/journal.js'

const journal: Journal = {
  format_version: 1,
  parameters: {
    database: 'kinora_live',
    from: 0,
    to: 10,
    format: 'jsonl',
    split: { train: 1, validation: 0, test: 0 },
    domains: ['content'],
    policies: ['content-v1'],
    chunk_rows: 1,
  },
  plan: { chunks: [{ from: 0, to: 10 }], rows: 1 },
  done: [],
}
const record = (chunk: number): ChunkRecord => ({ chunk, files: [], counts: [] })

let out: string
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'journal-'))
})
afterEach(() => rm(out, { recursive: true }))

describe('the export journal', () => {
  it('gives back what was written and added', async () => {
    await writeJournal(out, journal)
    expect(await readJournal(out)).toEqual(journal)
    await appendChunk(out, record(0))
    await appendChunk(out, record(1))
    expect(await readJournal(out)).toEqual({ ...journal, done: [record(0), record(1)] })
  })

  it('takes a line that a kill cut off as not written, and goes on after it', async () => {
    await writeJournal(out, { ...journal, done: [record(0)] })
    const [name] = await readdir(out)
    await appendFile(join(out, name!), JSON.stringify(record(1)).slice(0, -1))
    const found = (await readJournal(out))!
    expect(found.done).toEqual([record(0)])
    await writeJournal(out, found)
    await appendChunk(out, record(2))
    expect((await readJournal(out))!.done).toEqual([record(0), record(2)])
  })

  it('is null before it is written and after it is removed', async () => {
    expect(await readJournal(out)).toBeNull()
    await writeJournal(out, journal)
    await removeJournal(out)
    expect(await readJournal(out)).toBeNull()
    expect(await readdir(out)).toEqual([])
  })
})
