import { Batcher } from './batcher.js'
import type { Device } from './device.js'
import { checkRow, joinRows, splitRows, type Row, type RowAnswer, type RowPort } from './rows.js'
import type { ModelSession } from './session.js'

/** How single inputs become batches. */
export interface Batching {
  /** Most inputs of a batch; its sizes are powers of two up to this. */
  readonly batchSize: number
  /** How long the first input of a batch waits for others. */
  readonly batchDelayMs: number
  /** Most inputs that wait. */
  readonly queueLimit: number
}

export interface ModelParts {
  readonly name: string
  readonly session: Pick<ModelSession, 'device' | 'run' | 'close'>
  readonly inputs: readonly RowPort[]
  readonly outputs: readonly RowPort[]
  /** Longest text, in tokens; 1 for models without. */
  readonly maxTokens: number
}

/** A model that answers one input at a time and computes them in batches. */
export class Model {
  /** Where it really runs. */
  readonly device: Device
  private readonly batcher: Batcher<Row, RowAnswer>
  private closing: Promise<void> | undefined

  constructor(
    private readonly parts: ModelParts,
    batching: Batching,
  ) {
    const { name, session, inputs } = parts
    this.device = session.device
    this.batcher = new Batcher({
      ...batching,
      name,
      validate: (row) => checkRow(name, inputs, row),
      run: (rows) => this.run(rows),
    })
  }

  /**
   * The answer to one input.
   *
   * @throws RecordError MODEL_INPUT_INVALID or MODEL_RUN_FAILED for this input alone; TransientError MODEL_QUEUE_FULL,
   *   MODEL_DEVICE_FAILED; FatalError MODEL_CLOSED
   */
  answer(row: Row): Promise<RowAnswer> {
    return this.batcher.submit(row)
  }

  /** The same for callers with many inputs: waits for room, and never throws MODEL_QUEUE_FULL. */
  answerWhenFree(row: Row): Promise<RowAnswer> {
    return this.batcher.submitWhenFree(row)
  }

  /** Answers what it has taken, then frees the model; again, it only waits for that. */
  close(): Promise<void> {
    return (this.closing ??= this.free())
  }

  private async free(): Promise<void> {
    await this.batcher.close()
    await this.parts.session.close()
  }

  private async run(rows: readonly Row[]): Promise<RowAnswer[]> {
    const { session, inputs, outputs, maxTokens } = this.parts
    return splitRows(outputs, await session.run(joinRows(inputs, rows, maxTokens)), rows.length)
  }
}
