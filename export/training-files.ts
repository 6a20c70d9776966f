import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExportFormat } from './parameters.js'
import type { SplitName } from './split.js'

/** Path, within the folder of the training set, of the samples of one split in one chunk. */
export const partPath = (split: SplitName, chunk: number, format: ExportFormat): string =>
  `${split}/part-${String(chunk).padStart(5, '0')}.${format}`

/** What a file holds, as a manifest says it. */
export interface FileDigest {
  readonly bytes: number
  readonly sha256: string
}

/** Reads a file once, in constant memory, after making sure that it is on the disk. */
export async function digestFile(path: string): Promise<FileDigest> {
  await syncFile(path)
  const hash = createHash('sha256')
  let bytes = 0
  for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(piece)
    bytes += piece.length
  }
  return { bytes, sha256: hash.digest('hex') }
}

/** The file appears with all of this text or keeps what it had, whenever the process is killed. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}.draft`
  const handle = await open(draft, 'w')
  try {
    await handle.writeFile(text)
    await handle.datasync()
  } finally {
    await handle.close()
  }
  await rename(draft, path)
}

/** Removes what a killed process left half written in a folder. */
export async function removeDrafts(folder: string): Promise<void> {
  const drafts = (await readdir(folder)).filter((name) => name.endsWith('.draft'))
  for (const draft of drafts) await rm(join(folder, draft), { force: true })
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+')
  try {
    await handle.datasync()
  } finally {
    await handle.close()
  }
}
