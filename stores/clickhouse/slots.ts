/** So many at once and no more; the rest wait in order. */
export class Slots {
  readonly #waiting: (() => void)[] = []
  #free: number
  #running = 0
  #closed = false
  #onIdle: (() => void) | undefined

  constructor(count: number) {
    this.#free = count
  }

  async use<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.#closed) throw new Error('the embedded ClickHouse engine is closed')
    this.#running += 1
    try {
      if (this.#free > 0) this.#free -= 1
      else await new Promise<void>((resolve) => this.#waiting.push(resolve))
      try {
        return await task()
      } finally {
        const next = this.#waiting.shift()
        if (next) next()
        else this.#free += 1
      }
    } finally {
      this.#running -= 1
      if (this.#running === 0) this.#onIdle?.()
    }
  }

  /** Takes no more, and resolves when all that were taken are done. */
  async close(): Promise<void> {
    this.#closed = true
    if (this.#running > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve))
  }
}
