import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { FatalError } from '../../errors/errors.js'
import type { CalibrationPublished, Domain, RequestClosed, VideoOutcome } from '../../schemas/events.js'
import { fitPolicy, policiesFolder, readPolicyFile } from '../../schemas/policies/policy-file.js'
import { quantileOf } from './calibration.js'
import { asksForQuantile, compileCondition, conditionSchema, type Condition, type Test } from './label-condition.js'

/** What a policy says of an impression; without a grade it trains nothing, and its reason is only counted. */
type Verdict = { readonly reason: string } & (
  { readonly grade: number; readonly weight: number } | { readonly grade: null; readonly weight: null }
)

/** One line of a policy's table: the first one that matches decides. */
interface PolicyRow {
  readonly matches: Test
  readonly verdict: Verdict
}

/** A versioned table from what became of an impression to its label. */
export interface LabelPolicy {
  /** Name with version, as samples carry it. */
  readonly name: string
  readonly domain: Domain
  /** Whether clicked rows get the quantile of their completion, which the table then may ask for. */
  readonly calibrated: boolean
  readonly rows: readonly PolicyRow[]
}

/** The label of one impression. */
export type LabelledRow = Verdict & { readonly outcome: VideoOutcome; readonly quantile: number | null }

const RowDocument = z
  .strictObject({
    when: conditionSchema,
    grade: z.int().min(0).nullable(),
    reason: z.string().regex(/^[a-z][a-z0-9-]*$/, 'lower case letters, digits and dashes'),
    weight: z.number().positive().optional(),
  })
  .refine((row) => (row.grade === null) === (row.weight === undefined), {
    path: ['weight'],
    error: 'a row has a weight exactly when it has a grade',
  })

const PolicyDocument = z.strictObject({
  policy: z.string().regex(/^[a-z][a-z0-9-]*-v[0-9]+$/, 'a name that ends in a version, as in content-v1'),
  doc: z.string(),
  domain: z.enum(['perception', 'content']),
  calibrated: z.boolean(),
  rows: z
    .array(RowDocument)
    .min(1)
    .refine((rows) => rows.findIndex((row) => isAlways(row.when)) === rows.length - 1, {
      error: 'the last row, and only the last, must hold always (an empty `when`)',
    }),
})

const isAlways = (condition: Condition): boolean => Object.keys(condition).length === 0

/** Checks one policy document. Throws POLICY_INVALID naming the file and the field. */
export function parseLabelPolicy(document: unknown, file: string): LabelPolicy {
  const { policy: name, domain, calibrated, rows } = fitPolicy(PolicyDocument, document, file)
  if (name !== basename(file, '.json'))
    throw new FatalError('POLICY_INVALID', `${file}: policy: ${name} must be in a file of that name`)
  const uncalibrated = calibrated ? -1 : rows.findIndex((row) => asksForQuantile(row.when))
  if (uncalibrated >= 0)
    throw new FatalError(
      'POLICY_INVALID',
      `${file}: rows[${uncalibrated}].when: only a calibrated policy has quantiles`,
    )
  return {
    name,
    domain,
    calibrated,
    rows: rows.map(({ when, grade, reason, weight }) => ({
      matches: compileCondition(when),
      verdict:
        grade === null || weight === undefined ? { reason, grade: null, weight: null } : { reason, grade, weight },
    })),
  }
}

/** The policy of that name. Throws POLICY_INVALID for an unknown name, with the known ones. */
export function loadLabelPolicy(name: string, folder = policiesFolder()): LabelPolicy {
  const known = labelPolicyNames(folder)
  if (!known.includes(name))
    throw new FatalError('POLICY_INVALID', `no label policy ${name} in ${folder}; there are ${known.join(', ')}`)
  const file = join(folder, `${name}.json`)
  return parseLabelPolicy(readPolicyFile(file), file)
}

/** The names of the policies in a folder, sorted: every JSON file there except the view thresholds. */
export const labelPolicyNames = (folder = policiesFolder()): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.json') && !file.startsWith('view-thresholds-'))
    .map((file) => basename(file, '.json'))
    .sort()

/**
 * A closed request → one label per shown video, in the order of its outcomes.
 *
 * Pure. The lowest click is the clicked outcome with the largest position; only what was shown above it can have been
 * skipped. The quantile is that of clicked rows with a known completion, in a calibrated policy: the completion itself
 * while there is no calibration.
 */
export function gradeRequest(
  policy: LabelPolicy,
  closed: RequestClosed,
  calibration: CalibrationPublished | null,
): LabelledRow[] {
  const lowestClick = lowestClickOf(closed.outcomes)
  return closed.outcomes.map((outcome) => {
    const quantile = policy.calibrated && outcome.clicked ? calibratedQuantile(outcome, calibration) : null
    return { outcome, quantile, ...verdictOn(policy, outcome, lowestClick, quantile) }
  })
}

/** Position of the lowest click; 0, above everything, when nothing was clicked. */
const lowestClickOf = (outcomes: readonly VideoOutcome[]): number =>
  outcomes.reduce((lowest, { clicked, position }) => (clicked ? Math.max(lowest, position) : lowest), 0)

function calibratedQuantile(outcome: VideoOutcome, calibration: CalibrationPublished | null): number | null {
  const { completion, duration_ms } = outcome
  if (completion === null || duration_ms === null || calibration === null) return completion
  return quantileOf(calibration, completion, duration_ms)
}

function verdictOn(policy: LabelPolicy, outcome: VideoOutcome, lowestClick: number, quantile: number | null): Verdict {
  const { clicked, autoplay, valid_play, long_view, short_play, complete, position } = outcome
  const skipped = !clicked && position < lowestClick
  const request_clicked = lowestClick > 0
  const facts = { clicked, autoplay, valid_play, long_view, short_play, complete, skipped, request_clicked, quantile }
  // The last row of every policy holds always.
  return policy.rows.find((row) => row.matches(facts))!.verdict
}
