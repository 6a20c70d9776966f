interface Pinned {
  /** False once nothing needs the record any more. */
  readonly needed: boolean
}

/**
 * The first record of one input that anything still needs: its offset is where a rebuild starts.
 * Holders arrive in offset order, so the answer is at the head of a queue; each is looked at once when it lets go.
 */
export class OffsetPins<T extends Pinned> {
  private offsets: number[] = []
  private holders: T[] = []
  private head = 0

  pin(offset: number, holder: T): void {
    this.offsets.push(offset)
    this.holders.push(holder)
  }

  /** The oldest needed offset, or `position` (the next one to read) when nothing is needed. */
  oldest(position: number): number {
    while (this.head < this.holders.length && !this.holders[this.head]!.needed) this.head++
    if (this.head > 1024 && this.head * 2 > this.holders.length) this.compact()
    return this.head < this.offsets.length ? this.offsets[this.head]! : position
  }

  private compact(): void {
    this.offsets = this.offsets.slice(this.head)
    this.holders = this.holders.slice(this.head)
    this.head = 0
  }
}
