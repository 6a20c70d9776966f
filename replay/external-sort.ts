import { createReadStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { linesOf } from './lines.js'

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

const WRITE_CHARS = 1024 * 1024

/**
 * Sorts by key, lines of equal key in the order they came, in bounded memory however many there are: sorted runs in
 * temporary files, merged. The files are removed when the reader has finished or gives up.
 */
export async function* sortByKey(lines: AsyncIterable<Keyed>, limits: SortLimits): AsyncGenerator<Keyed> {
  const folder = await mkdtemp(join(limits.folder ?? tmpdir(), 'kinora-sort-'))
  try {
    let runs: string[] = []
    let files = 0
    const nextFile = () => join(folder, `run-${files++}`)
    let held: Keyed[] = []
    for await (const line of lines) {
      held.push(line)
      if (held.length < limits.maxInMemory) continue
      runs.push(await writeRun(nextFile(), sorted(held)))
      held = []
    }
    while (runs.length > limits.maxMerged) runs = await mergeOnce(runs, limits.maxMerged, nextFile)
    // What is still held came last and so loses ties, as the last of the runs does.
    yield* merge([...runs.map(readRun), fromMemory(sorted(held))])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Array.prototype.sort keeps the order of equal elements. */
const sorted = (lines: Keyed[]): Keyed[] => lines.sort((a, b) => a.key - b.key)

async function* fromMemory(lines: Keyed[]): AsyncGenerator<Keyed> {
  yield* await Promise.resolve(lines)
}

/** Neighbouring runs become one, so that the order of the runs stays that of the input. */
async function mergeOnce(runs: readonly string[], atATime: number, nextFile: () => string): Promise<string[]> {
  const merged: string[] = []
  for (let first = 0; first < runs.length; first += atATime) {
    const group = runs.slice(first, first + atATime)
    merged.push(await writeRun(nextFile(), merge(group.map(readRun))))
    await Promise.all(group.map((file) => rm(file)))
  }
  return merged
}

async function writeRun(file: string, lines: Iterable<Keyed> | AsyncIterable<Keyed>): Promise<string> {
  await writeFile(file, inChunks(lines))
  return file
}

async function* inChunks(lines: Iterable<Keyed> | AsyncIterable<Keyed>): AsyncGenerator<string> {
  let chunk = ''
  for await (const { key, text } of lines) {
    chunk += `${key} ${text}.\n` // the point keeps a \r at the end of the text from being taken for a line end
    if (chunk.length < WRITE_CHARS) continue
    yield chunk
    chunk = ''
  }
  yield chunk
}

async function* readRun(file: string): AsyncGenerator<Keyed> {
  for await (const { bytes } of linesOf(createReadStream(file, { highWaterMark: 64 * 1024 }), Infinity)) {
    const line = bytes.toString('utf8')
    const space = line.indexOf(' ')
    yield { key: Number(line.slice(0, space)), text: line.slice(space + 1, -1) }
  }
}

interface Head {
  readonly source: AsyncIterator<Keyed>
  /** Of equal keys the source that comes first goes first. */
  readonly rank: number
  line: Keyed
}

/** The smallest head of all sources, again and again: a binary heap. */
async function* merge(sources: readonly AsyncGenerator<Keyed>[]): AsyncGenerator<Keyed> {
  const heap: Head[] = []
  try {
    for (const [rank, source] of sources.entries()) {
      const first = await source.next()
      if (first.done !== true) push(heap, { source, rank, line: first.value })
    }
    while (heap.length > 0) {
      const head = heap[0]!
      yield head.line
      const next = await head.source.next()
      if (next.done === true) {
        const last = heap.pop()!
        if (last === head) continue
        heap[0] = last
      } else {
        head.line = next.value
      }
      sink(heap)
    }
  } finally {
    await Promise.all(sources.map((source) => source.return(undefined)))
  }
}

const before = (a: Head, b: Head): boolean => a.line.key < b.line.key || (a.line.key === b.line.key && a.rank < b.rank)

function push(heap: Head[], head: Head): void {
  heap.push(head)
  for (let child = heap.length - 1; child > 0;) {
    const parent = (child - 1) >> 1
    if (!before(heap[child]!, heap[parent]!)) return
    swap(heap, child, parent)
    child = parent
  }
}

/** Lets the first head sink to its place. */
function sink(heap: Head[]): void {
  for (let parent = 0; ;) {
    const left = 2 * parent + 1
    if (left >= heap.length) return
    const right = left + 1
    const child = right < heap.length && before(heap[right]!, heap[left]!) ? right : left
    if (!before(heap[child]!, heap[parent]!)) return
    swap(heap, child, parent)
    parent = child
  }
}

function swap(heap: Head[], a: number, b: number): void {
  const kept = heap[a]!
  heap[a] = heap[b]!
  heap[b] = kept
}
