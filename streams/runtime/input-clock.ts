/** Times in ms that decide when windows close (docs/guarantees.md, "Time"). */
export interface TimeRules {
  readonly outOfOrdernessMs: number
  readonly idleMs: number
  /** Inputs more than this ahead of the slowest are paused. */
  readonly aheadMs: number
  readonly clock: 'live' | 'replay'
}

/** What one input (one topic's partition) has shown so far. */
interface Input {
  /** The largest event time read; -Infinity before the first record. */
  maxAt: number
  /** A watermark record's promise: no earlier event follows. */
  asserted: number
  lastReadAt: number
  /** Wall time at which a lookup began that found nothing unread; -Infinity while there is something. */
  caughtUpAt: number
}

/**
 * Event time of the co-partitioned inputs of one partition.
 *
 * The watermark is the smallest of the inputs' times; it never goes back. Pure: wall time is always passed in.
 */
export class InputClock {
  private readonly inputs: Input[]
  watermark = -Infinity

  constructor(
    inputs: number,
    private readonly rules: TimeRules,
    nowMs: number,
  ) {
    this.inputs = Array.from({ length: inputs }, () => ({
      maxAt: -Infinity,
      asserted: -Infinity,
      lastReadAt: nowMs,
      caughtUpAt: -Infinity,
    }))
  }

  saw(input: number, at: number): void {
    const state = this.inputs[input]!
    if (at > state.maxAt) state.maxAt = at
  }

  assert(input: number, watermark: number): void {
    const state = this.inputs[input]!
    state.asserted = Math.max(state.asserted, watermark)
  }

  /** Something of the input was read at this wall time. */
  read(input: number, nowMs: number): void {
    const state = this.inputs[input]!
    state.lastReadAt = nowMs
    state.caughtUpAt = -Infinity
  }

  /** A lookup that began at this wall time showed no unread record. */
  caughtUp(input: number, lookupStartedMs: number): void {
    this.inputs[input]!.caughtUpAt = lookupStartedMs
  }

  /** Whether a lookup could make an input idle, so that nobody asks the broker in vain. */
  wantsLookup(nowMs: number): boolean {
    return this.inputs.some((input) => nowMs - input.lastReadAt >= this.rules.idleMs)
  }

  /** Evaluates the watermark; returns whether it moved. */
  advance(nowMs: number): boolean {
    const smallest = Math.min(...this.deciding().map((input) => this.timeOf(input, nowMs)))
    if (smallest <= this.watermark) return false
    this.watermark = smallest
    return true
  }

  /** Inputs so far ahead of the slowest that reading on would only grow the state. */
  tooFarAhead(): boolean[] {
    const reached = this.inputs
      .filter((input) => !this.isIdle(input))
      .map((input) => Math.max(input.maxAt, input.asserted))
      .filter((time) => time !== -Infinity)
    const slowest = Math.min(...reached)
    return this.inputs.map((input) => input.maxAt > slowest + this.rules.aheadMs)
  }

  save(input: number): { maxAt: number; asserted: number } {
    const { maxAt, asserted } = this.inputs[input]!
    return { maxAt, asserted }
  }

  restore(input: number, saved: { maxAt: number; asserted: number }): void {
    Object.assign(this.inputs[input]!, saved)
  }

  private isIdle(input: Input): boolean {
    return input.caughtUpAt - input.lastReadAt >= this.rules.idleMs
  }

  /** In a replay idle inputs are left out; when all are idle, only what was promised counts. */
  private deciding(): Input[] {
    const busy = this.inputs.filter((input) => !this.isIdle(input))
    return this.rules.clock === 'live' || busy.length === 0 ? this.inputs : busy
  }

  private timeOf(input: Input, nowMs: number): number {
    const bound = this.rules.outOfOrdernessMs
    if (!this.isIdle(input)) return Math.max(Math.min(input.maxAt, nowMs) - bound, input.asserted)
    return this.rules.clock === 'live' ? Math.max(input.caughtUpAt - bound, input.asserted) : input.asserted
  }
}
