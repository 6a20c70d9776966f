import { FatalError, TransientError } from '../../errors/errors.js'
import { largestBucket } from './buckets.js'
import { FailingRows, type RunBatch } from './failing-rows.js'

export interface BatcherOptions<Row, Answer> {
  /** For messages. */
  readonly name: string
  readonly run: RunBatch<Row, Answer>
  /** Throws for a row that must not get into a batch. */
  readonly validate?: (row: Row) => void
  readonly batchSize: number
  /** How long the first row of a batch waits for others; 0: for those that come in the same turn of the event loop. */
  readonly batchDelayMs: number
  /** Most rows that wait; those in a running batch do not count. */
  readonly queueLimit: number
}

interface Waiting<Row, Answer> {
  readonly row: Row
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/**
 * Gathers single rows into batches for a model: up to a size, or for a short time. One batch runs at a time, and its
 * size is a power of two, so that a model sees few shapes and its memory does not creep. A row that makes its batch
 * fail fails alone.
 */
export class Batcher<Row, Answer> {
  private readonly rows: FailingRows<Row, Answer>
  private readonly queue: Waiting<Row, Answer>[] = []
  private readonly blocked: (() => void)[] = []
  private stopWaiting: (() => void) | undefined
  private running: Promise<void> | undefined
  private closed = false

  constructor(private readonly options: BatcherOptions<Row, Answer>) {
    this.rows = new FailingRows(options.name, options.run)
  }

  /** Rows that wait now. */
  get waiting(): number {
    return this.queue.length
  }

  /**
   * The answer to one row.
   *
   * @throws TransientError MODEL_QUEUE_FULL at once when too many wait, MODEL_DEVICE_FAILED when the model fails on every
   *   row; RecordError MODEL_RUN_FAILED when it fails on this very one; FatalError MODEL_CLOSED; whatever `validate`
   *   throws
   */
  async submit(row: Row): Promise<Answer> {
    this.check(row)
    if (this.queue.length >= this.options.queueLimit)
      throw new TransientError(
        'MODEL_QUEUE_FULL',
        `${this.options.queueLimit} inputs wait for model ${this.options.name} already`,
      )
    return this.enqueue(row)
  }

  /** The same for callers with many rows: waits for room in the queue instead of throwing MODEL_QUEUE_FULL. */
  async submitWhenFree(row: Row): Promise<Answer> {
    this.check(row)
    while (this.queue.length >= this.options.queueLimit)
      await new Promise<void>((resolve) => this.blocked.push(resolve))
    this.check(row)
    return this.enqueue(row)
  }

  /** Takes nothing more, and answers all that was taken. */
  async close(): Promise<void> {
    this.closed = true
    while (this.running !== undefined || this.queue.length > 0) {
      this.start()
      await this.running
    }
  }

  private check(row: Row): void {
    if (this.closed) throw new FatalError('MODEL_CLOSED', `model ${this.options.name} is closed`)
    this.options.validate?.(row)
  }

  private enqueue(row: Row): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.queue.push({ row, resolve, reject })
      if (this.queue.length >= this.options.batchSize) this.start()
      else if (this.running === undefined) this.stopWaiting ??= this.startLater()
    })
  }

  /** A timer of Node takes at least a millisecond. */
  private startLater(): () => void {
    const { batchDelayMs } = this.options
    if (batchDelayMs === 0) {
      const immediate = setImmediate(() => this.start())
      return () => clearImmediate(immediate)
    }
    const timer = setTimeout(() => this.start(), batchDelayMs)
    return () => clearTimeout(timer)
  }

  private start(): void {
    if (this.running !== undefined || this.queue.length === 0) return
    this.stopWaiting?.()
    this.stopWaiting = undefined
    this.running = this.drain().finally(() => {
      this.running = undefined
      // A row may have come between the last look at the queue and here.
      this.start()
    })
  }

  /** Rows that came while a batch ran have waited long enough: the next batch starts at once. */
  private async drain(): Promise<void> {
    while (this.queue.length > 0) {
      const batch = this.queue.splice(0, largestBucket(Math.min(this.queue.length, this.options.batchSize)))
      this.wakeBlocked()
      await this.answer(batch)
    }
  }

  private wakeBlocked(): void {
    for (const wake of this.blocked.splice(0)) wake()
  }

  private async answer(batch: readonly Waiting<Row, Answer>[]): Promise<void> {
    const settled = await this.rows.settle(batch.map(({ row }) => row))
    batch.forEach(({ resolve, reject }, index) => {
      const each = settled[index]!
      if (each.status === 'fulfilled') resolve(each.value)
      else reject(each.reason)
    })
  }
}
