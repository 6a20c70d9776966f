import { createReadStream } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { linesOf } from './lines.js'
import { mergeByKey } from './merge.js'

/** A line of text with what it is sorted by. The text may hold anything but \n. */
export interface Keyed {
  readonly key: number
  readonly text: string
}

export interface SortLimits {
  /** Lines held in memory at a time; more go through temporary files. */
  readonly maxInMemory: number
  /** Temporary files merged at a time, each with a read buffer of 64 KiB. */
  readonly maxMerged: number
  /** Where the temporary files go; they take about as much room as the input. Default: the system's. */
  readonly folder?: string
}

const READ_BYTES = 64 * 1024
/** Lines turned into text and written at a time. */
const WRITE_LINES = 4096

/**
 * Sorts by key, lines of equal key in the order they came, in bounded memory however many there are: sorted runs in
 * temporary files, merged. The files are removed when the reader has finished or gives up.
 */
export async function* sortByKey(
  batches: AsyncIterable<readonly Keyed[]>,
  limits: SortLimits,
): AsyncGenerator<readonly Keyed[]> {
  const folder = await mkdtemp(join(limits.folder ?? tmpdir(), 'kinora-sort-'))
  try {
    let files = 0
    const nextFile = () => join(folder, `run-${files++}`)
    let runs: string[] = []
    let held: Keyed[] = []
    for await (const batch of batches) {
      for (const line of batch) {
        held.push(line)
        if (held.length < limits.maxInMemory) continue
        runs.push(await writeRun(nextFile(), inMemory(sorted(held))))
        held = []
      }
    }
    while (runs.length > limits.maxMerged) runs = await mergeOnce(runs, limits.maxMerged, nextFile)
    // What is still held came last and so loses ties, as the last of the runs does.
    yield* mergeByKey([...runs.map(readRun), inMemory(sorted(held))])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Array.prototype.sort keeps the order of equal elements. */
const sorted = (lines: Keyed[]): Keyed[] => lines.sort((a, b) => a.key - b.key)

async function* inMemory(lines: readonly Keyed[]): AsyncGenerator<readonly Keyed[]> {
  yield await Promise.resolve(lines)
}

/** Neighbouring runs become one, so that the order of the runs stays that of the input. */
async function mergeOnce(runs: readonly string[], atATime: number, nextFile: () => string): Promise<string[]> {
  const merged: string[] = []
  for (let first = 0; first < runs.length; first += atATime) {
    const group = runs.slice(first, first + atATime)
    merged.push(await writeRun(nextFile(), mergeByKey(group.map(readRun))))
    await Promise.all(group.map((file) => rm(file)))
  }
  return merged
}

async function writeRun(path: string, batches: AsyncIterable<readonly Keyed[]>): Promise<string> {
  const file = await open(path, 'w')
  try {
    for await (const batch of batches) {
      for (let start = 0; start < batch.length; start += WRITE_LINES) {
        await file.appendFile(
          batch
            .slice(start, start + WRITE_LINES)
            .map(written)
            .join(''),
        )
      }
    }
  } finally {
    await file.close()
  }
  return path
}

/** The point keeps a \r at the end of the text from being taken for a part of the line end. */
const written = ({ key, text }: Keyed): string => `${key} ${text}.\n`

async function* readRun(path: string): AsyncGenerator<readonly Keyed[]> {
  for await (const lines of linesOf(createReadStream(path, { highWaterMark: READ_BYTES }), Infinity)) {
    yield lines.map(({ bytes }) => {
      const line = bytes.toString('utf8')
      const space = line.indexOf(' ')
      return { key: Number(line.slice(0, space)), text: line.slice(space + 1, -1) }
    })
  }
}
