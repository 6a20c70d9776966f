/** One column of a training set, as its manifest describes it. */
export interface Field {
  readonly field: string
  readonly type: 'string' | 'int64' | 'float64'
  readonly nullable: boolean
  /** What one means, where that is not plain from the name: epoch milliseconds, a rank, a share. */
  readonly unit: string | null
  readonly about: string
}

const field = (name: string, type: Field['type'], about: string, unit: string | null = null): Field => ({
  field: name,
  type,
  nullable: false,
  unit,
  about,
})

/** The columns of a training set, in the order of its files. */
export const fields: readonly Field[] = [
  field('request_id', 'string', 'The search result page.'),
  field('video_id', 'string', 'The video shown on it.'),
  field('user_id', 'string', 'Whom the page was shown to.'),
  field('query', 'string', 'The query as typed.'),
  field('position', 'int64', 'Place of the video on the page.', 'rank from 1'),
  field('shown_at', 'int64', 'When the page was shown.', 'milliseconds since 1970-01-01 UTC'),
  field('domain', 'string', 'perception (what is seen before a click) or content (all that the video holds).'),
  field('grade', 'int64', 'From 0, irrelevant, upwards.', 'grade of the policy'),
  field('reason', 'string', 'The row of the policy that decided.'),
  field('weight', 'float64', 'How much the sample counts in training.', 'relative to 1'),
  {
    ...field('quantile', 'float64', 'Completion among videos of about that duration.', 'share from 0 to 1'),
    nullable: true,
  },
  field('policy', 'string', 'The label policy, with its version.'),
  { ...field('calibration', 'string', 'The calibration that the quantile comes from.'), nullable: true },
]
