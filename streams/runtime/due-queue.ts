/** Something that waits for a point in event time; Infinity waits for nothing. */
export interface Due {
  dueAt: number
}

/**
 * A binary heap of entries by `dueAt`, read at the time of the push. An entry whose `dueAt` changes is pushed again;
 * its older place is recognised by the time that no longer matches, and skipped.
 */
export class DueQueue<T extends Due> {
  private readonly times: number[] = []
  private readonly entries: T[] = []

  push(entry: T): void {
    if (entry.dueAt === Infinity) return
    let index = this.times.length
    this.times.push(entry.dueAt)
    this.entries.push(entry)
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (this.times[parent]! <= this.times[index]!) break
      this.swap(index, parent)
      index = parent
    }
  }

  /** The next entry that is due at or before `time`, or undefined. */
  popDue(time: number): T | undefined {
    while (this.times.length > 0 && this.times[0]! <= time) {
      const at = this.times[0]!
      const entry = this.removeFirst()
      if (entry.dueAt === at) return entry
    }
    return undefined
  }

  private removeFirst(): T {
    const first = this.entries[0]!
    const lastTime = this.times.pop()!
    const lastEntry = this.entries.pop()!
    if (this.times.length > 0) {
      this.times[0] = lastTime
      this.entries[0] = lastEntry
      this.sink()
    }
    return first
  }

  private sink(): void {
    const size = this.times.length
    let index = 0
    for (;;) {
      const left = 2 * index + 1
      if (left >= size) return
      const right = left + 1
      const smaller = right < size && this.times[right]! < this.times[left]! ? right : left
      if (this.times[index]! <= this.times[smaller]!) return
      this.swap(index, smaller)
      index = smaller
    }
  }

  private swap(a: number, b: number): void {
    const time = this.times[a]!
    const entry = this.entries[a]!
    this.times[a] = this.times[b]!
    this.entries[a] = this.entries[b]!
    this.times[b] = time
    this.entries[b] = entry
  }
}
