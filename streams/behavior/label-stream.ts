import type { CalibrationPublished, RequestClosed } from '../../schemas/events.js'
import type { Fold, FoldContext, FoldPartition, InputRecord } from '../runtime/fold.js'
import { topics } from '../topics.js'
import type { LabelPolicy } from './label-policy.js'
import { labelRequest } from './label-samples.js'

export interface LabelRules {
  readonly policies: readonly LabelPolicy[]
  /** All that are published; the whole topic was read before the stream starts. */
  readonly calibrations: () => Iterable<CalibrationPublished>
  /** A row got no grade, for this `policy:reason`. */
  readonly ungraded: (reason: string, rows: number) => void
}

/**
 * outcomes → training samples, by every policy.
 *
 * It keeps no state: a request's record holds all that its labels need.
 */
export const labelSamples = (rules: LabelRules): Fold<RequestClosed> => ({
  name: 'label-samples',
  reads: [topics.outcomes],
  writes: [topics.samples],
  time: 'none',
  commitEvery: 5,
  start: (context) => new LabelPartition(rules, context),
})

class LabelPartition implements FoldPartition<RequestClosed> {
  readonly size = 0

  constructor(
    private readonly rules: LabelRules,
    private readonly context: FoldContext,
  ) {}

  take({ input, event }: InputRecord<RequestClosed>): void {
    const { out, partition } = this.context
    const { samples, reasons } = labelRequest(event, this.rules.policies, this.rules.calibrations())
    for (const sample of samples) out.emit(topics.samples, partition, sample.request_id, sample)
    for (const [reason, rows] of reasons) this.rules.ungraded(reason, rows)
    out.judge(input, 'used')
  }

  rebuildOffset(_input: number, position: number): number {
    return position
  }

  save(): string {
    return ''
  }

  // No state: nothing follows from these.
  refuse(): void {}
  advance(): void {}
  endReplay(): void {}
  flush(): void {}
  committed(): void {}
}
