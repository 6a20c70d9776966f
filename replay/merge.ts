import type { Keyed } from './external-sort.js'

type Batches = AsyncGenerator<readonly Keyed[]>

/** Where one source stands: its batch at hand and the place in it. */
interface Head {
  readonly source: Batches
  /** Of equal keys the source that comes first goes first. */
  readonly rank: number
  batch: readonly Keyed[]
  next: number
}

const OUT_LINES = 4096

/** Merges sorted sources into one; lines of equal key in the order of the sources. Closes them all at the end. */
export async function* mergeByKey(sources: readonly Batches[]): Batches {
  const heap: Head[] = []
  try {
    for (const [rank, source] of sources.entries()) {
      const head = { source, rank, batch: [], next: 0 }
      if (await refill(head)) push(heap, head)
    }
    let out: Keyed[] = []
    while (heap.length > 0) {
      const head = heap[0]!
      out.push(head.batch[head.next++]!)
      if (head.next === head.batch.length && !(await refill(head))) {
        const last = heap.pop()!
        if (last !== head) heap[0] = last
      }
      sink(heap)
      if (out.length < OUT_LINES) continue
      yield out
      out = []
    }
    yield out
  } finally {
    await Promise.all(sources.map((source) => source.return(undefined)))
  }
}

/** Takes the next batch that is not empty; false when the source has ended. */
async function refill(head: Head): Promise<boolean> {
  for (;;) {
    const batch = await head.source.next()
    if (batch.done === true) return false
    if (batch.value.length === 0) continue
    head.batch = batch.value
    head.next = 0
    return true
  }
}

function before(a: Head, b: Head): boolean {
  const [keyA, keyB] = [a.batch[a.next]!.key, b.batch[b.next]!.key]
  return keyA < keyB || (keyA === keyB && a.rank < b.rank)
}

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
