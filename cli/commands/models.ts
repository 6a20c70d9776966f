import type { Command } from 'commander'
import { judge, type Comparison, type Judgement } from '../../models/metrics/judge.js'
import type { Interval } from '../../models/metrics/paired-bootstrap.js'
import { readScoreFile } from '../../models/metrics/score-file.js'
import { wholeNumber } from '../whole-number.js'

interface Flags {
  scores: string
  resamples: number
  seed: number
  json?: true
}

/** `kinora models …`: what there is to know of models. */
export function registerModels(program: Command): void {
  program
    .command('models')
    .description('judge models')
    .command('evaluate')
    .description('PNR, pair accuracy, AUC and NDCG of scores, with bootstrap intervals over queries')
    .requiredOption('--scores <file>', "tab-separated: query, label, score and, to compare, a rival's score")
    .option('--resamples <count>', 'bootstrap resamples', wholeNumber(1, 100_000), 2000)
    .option('--seed <number>', 'of the resamples', wholeNumber(0, 2 ** 31 - 1), 1)
    .option('--json', 'print one JSON document')
    .action(async ({ scores, resamples, seed, json }: Flags) => {
      const comparison = judge(await readScoreFile(scores), { resamples, seed })
      console.log(json ? JSON.stringify(comparison) : describe(comparison))
    })
}

function describe({ queries, documents, system, rival, pnr_difference }: Comparison): string {
  const lines = [`${queries} queries, ${documents} documents`, `score  ${figures(system)}`]
  if (rival) lines.push(`rival  ${figures(rival)}`)
  if (pnr_difference)
    lines.push(`PNR of score − rival: ${signed(pnr_difference.value)}${between(pnr_difference.interval)}`)
  return [...lines, 'tied scores count half to each side; intervals: 95 %, queries resampled'].join('\n')
}

const figures = (each: Judgement): string =>
  [
    `PNR ${each.pnr.toFixed(3)}${between(each.pnr_interval)}`,
    `P ${each.positive} N ${each.negative} T ${each.tied}`,
    `pair accuracy ${orDash(each.pair_accuracy)}`,
    `AUC ${orDash(each.auc)}`,
    `NDCG@10 ${orDash(each.ndcg_at_10)}`,
  ].join('  ')

const between = ({ low, high }: Interval): string => ` [${low.toFixed(3)}, ${high.toFixed(3)}]`
const signed = (value: number): string => (value >= 0 ? '+' : '') + value.toFixed(3)
const orDash = (value: number | null): string => value?.toFixed(4) ?? '–'
