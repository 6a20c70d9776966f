import { KinoraError, messageOf, RecordError, TransientError } from '../../errors/errors.js'

/** One answer per row, in order; what it throws may be the fault of any of them. */
export type RunBatch<Row, Answer> = (rows: readonly Row[]) => Promise<readonly Answer[]>

/** Runs batches so that a row that makes its batch fail is found by halving and fails alone. */
export class FailingRows<Row, Answer> {
  private answered: { readonly row: Row } | undefined

  constructor(
    private readonly name: string,
    private readonly run: RunBatch<Row, Answer>,
  ) {}

  /**
   * What becomes of each row, in order; never rejects. A row fails with RecordError MODEL_RUN_FAILED when it is to blame,
   * and with TransientError MODEL_DEVICE_FAILED when the model fails on everything.
   */
  async settle(rows: readonly Row[]): Promise<PromiseSettledResult<Answer>[]> {
    const settled = await this.tryRows(rows)
    if (settled.every(({ status }) => status === 'fulfilled')) return settled
    const isToBlame = await this.isToBlame(rows.length)
    return settled.map((each) =>
      each.status === 'fulfilled' ? each : { ...each, reason: this.failure(each.reason, isToBlame) },
    )
  }

  private async tryRows(rows: readonly Row[]): Promise<PromiseSettledResult<Answer>[]> {
    try {
      const answers = await this.run(rows)
      this.answered = { row: rows[0]! }
      return rows.map((_, index) => ({ status: 'fulfilled', value: answers[index]! }))
    } catch (reason) {
      if (rows.length === 1) return [{ status: 'rejected', reason }]
      const half = rows.length >> 1
      return [...(await this.tryRows(rows.slice(0, half))), ...(await this.tryRows(rows.slice(half)))]
    }
  }

  /**
   * Whether rows that failed are to blame, and not a device that was lost: the model still answers a row that it has
   * answered before. While there is none, several rows are taken to be good, for they are hardly all bad, and a single
   * one to be bad: a stream would try it again for ever.
   */
  private async isToBlame(rows: number): Promise<boolean> {
    if (this.answered === undefined) return rows === 1
    try {
      await this.run([this.answered.row])
      return true
    } catch {
      return false
    }
  }

  private failure(reason: unknown, isToBlame: boolean): KinoraError {
    if (reason instanceof KinoraError) return reason
    const message = `model ${this.name}: ${messageOf(reason)}`
    if (isToBlame) return new RecordError('MODEL_RUN_FAILED', message, { cause: reason })
    return new TransientError('MODEL_DEVICE_FAILED', message, { cause: reason })
  }
}
