import { z } from 'zod'

/**
 * What a policy may ask about one impression: the flags of its outcome, `skipped` (not clicked, and shown above the
 * lowest click of its request) and `request_clicked` (anything in its request was clicked).
 */
export const factNames = [
  'clicked',
  'autoplay',
  'valid_play',
  'long_view',
  'short_play',
  'complete',
  'skipped',
  'request_clicked',
] as const

/** The answers for one impression; a null quantile is unknown, and no condition on it holds. */
export type Facts = Record<(typeof factNames)[number], boolean> & { quantile: number | null }

/** All that is written must hold; `any` holds when one of its conditions does; `{}` always holds. */
export type Condition = { readonly [Name in (typeof factNames)[number]]?: boolean | undefined } & {
  readonly quantile_at_least?: number | undefined
  readonly any?: readonly Condition[] | undefined
}

export type Test = (facts: Facts) => boolean

const flags = Object.fromEntries(factNames.map((name) => [name, z.boolean().optional()])) as Record<
  (typeof factNames)[number],
  z.ZodOptional<z.ZodBoolean>
>

/** Refuses unknown words, so that a typing error in a policy cannot pass for a condition that always holds. */
export const conditionSchema: z.ZodType<Condition> = z.lazy(() =>
  z.strictObject({
    ...flags,
    quantile_at_least: z.number().min(0).max(1).optional(),
    any: z.array(conditionSchema).min(1).optional(),
  }),
)

/** The condition as a function: policies are read once and evaluated for every impression. */
export function compileCondition(condition: Condition): Test {
  const { quantile_at_least: least, any } = condition
  const tests: Test[] = factNames
    .filter((name) => condition[name] !== undefined)
    .map((name) => (facts) => facts[name] === condition[name])
  if (least !== undefined) tests.push((facts) => facts.quantile !== null && facts.quantile >= least)
  if (any !== undefined) {
    const alternatives = any.map(compileCondition)
    tests.push((facts) => alternatives.some((test) => test(facts)))
  }
  return (facts) => tests.every((test) => test(facts))
}

/** Whether the condition asks for the quantile anywhere. */
export const asksForQuantile = (condition: Condition): boolean =>
  condition.quantile_at_least !== undefined || (condition.any ?? []).some(asksForQuantile)
