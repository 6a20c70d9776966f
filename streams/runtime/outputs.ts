import type { Events } from '../../schemas/events.js'
import type { Topic } from '../topics.js'
import { verdicts, type Verdict } from './verdict.js'

/** One record on its way to Kafka. */
export interface OutputRecord {
  readonly topic: Topic
  readonly partition: number
  readonly key: string
  readonly value: Buffer
}

export type Encode = <Name extends keyof Events>(name: Name, value: Events[Name]) => Buffer

/** Collects what a fold says between two commits. Muted during a rebuild, which repeats what was said before. */
export class Outputs {
  private records: OutputRecord[] = []
  private readonly counts: number[][]
  private changed = false
  bytes = 0
  muted = false

  constructor(
    inputs: number,
    private readonly encode: Encode,
  ) {
    this.counts = Array.from({ length: inputs }, () => verdicts.map(() => 0))
  }

  emit<Name extends keyof Events>(topic: Topic<Name>, partition: number, key: string, event: Events[Name]): void {
    if (this.muted) return
    const value = this.encode(topic.event, event)
    this.records.push({ topic, partition, key, value })
    this.bytes += value.length + key.length
    this.changed = true
  }

  /** Counts what became of records of one input. */
  judge(input: number, verdict: Verdict): void {
    if (this.muted) return
    this.counts[input]![verdicts.indexOf(verdict)]!++
    this.changed = true
  }

  /** Whether anything was said since the last `take`. */
  get dirty(): boolean {
    return this.changed
  }

  /** The records since the last call. */
  take(): OutputRecord[] {
    const taken = this.records
    this.records = []
    this.bytes = 0
    this.changed = false
    return taken
  }

  /** Totals since the beginning of the partition, in the order of `verdicts`. */
  countsOf(input: number): readonly number[] {
    return this.counts[input]!
  }

  restoreCounts(input: number, counts: readonly number[]): void {
    this.counts[input] = verdicts.map((_, index) => counts[index] ?? 0)
  }
}
