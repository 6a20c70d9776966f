import type { Comparison, Judgement } from '../../models/metrics/judge.js'
import type { Interval } from '../../models/metrics/paired-bootstrap.js'

/** Scores of a file, judged, for people. */
export function comparisonText({ queries, documents, system, rival, pnr_difference }: Comparison): string {
  const lines = [`${queries} queries, ${documents} documents`, `score  ${figures(system)}`]
  if (rival) lines.push(`rival  ${figures(rival)}`)
  if (pnr_difference)
    lines.push(`PNR of score − rival: ${signed(pnr_difference.value)}${between(pnr_difference.interval)}`)
  return [...lines, 'tied scores count half to each side; intervals: 95 %, queries resampled'].join('\n')
}

const figures = (each: Judgement): string =>
  [
    `PNR ${pnrText(each, each.pnr_interval)}`,
    `P ${each.positive} N ${each.negative} T ${each.tied}`,
    `pair accuracy ${orDash(each.pair_accuracy)}`,
    `AUC ${orDash(each.auc)}`,
    `NDCG@10 ${orDash(each.ndcg_at_10)}`,
  ].join('  ')

/** A dash where there was nothing to put in order. */
export const pnrText = (
  { pnr, pair_accuracy }: Pick<Judgement, 'pnr' | 'pair_accuracy'>,
  interval: Interval,
): string => (pair_accuracy === null ? '–' : `${pnr.toFixed(3)}${between(interval)}`)

export const between = ({ low, high }: Interval): string => ` [${low.toFixed(3)}, ${high.toFixed(3)}]`
export const signed = (value: number): string => (value >= 0 ? '+' : '') + value.toFixed(3)
const orDash = (value: number | null): string => value?.toFixed(4) ?? '–'
