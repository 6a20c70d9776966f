/** A frame exactly at a middle is shown there, whatever the rounding of its time. */
const EPSILON = 1e-6

/** The middles of `count` equal parts of `seconds`. */
export const middles = (seconds: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => (seconds * (index + 0.5)) / count)

/**
 * Which frames are shown at some ascending times, which count from the first frame. A frame is shown until the next
 * one, the last one for ever.
 */
export class FrameChoice {
  private start: number | undefined
  private settled = 0

  constructor(private readonly times: readonly number[]) {}

  /** Times for which no frame has been chosen yet. */
  get left(): number {
    return this.times.length - this.settled
  }

  /**
   * Takes the time of the next frame, in seconds.
   *
   * @returns at how many of the times the frame before it is shown
   */
  add(moment: number): number {
    this.start ??= moment
    const before = this.settled
    while (this.left > 0 && this.isAfterNext(moment) === true) this.settled++
    return this.settled - before
  }

  /** No frame follows: at how many of the times the last one is shown. */
  end(): number {
    const left = this.left
    this.settled = this.times.length
    return left
  }

  /** Whether a moment lies after the next time to choose for; `undefined` while no frame has come. */
  isAfterNext(moment: number): boolean | undefined {
    if (this.start === undefined) return undefined
    return moment - this.start > this.times[this.settled]! + EPSILON
  }
}
