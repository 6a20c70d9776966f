import { fusionOf, type ScorerJudgement, type Truth } from '../../models/evaluation/judge-scorers.js'
import { between, signed } from './comparison-text.js'
import type { WorldEvaluation } from './evaluation-of-world.js'

const names: Readonly<Record<string, string>> = {
  characters: 'characters of the query in the title',
  mean: 'mean of the seven cosines',
  perception: 'perception fusion',
  content: 'content fusion',
}

/** A model set on a world, for people. */
export function evaluationText(evaluation: WorldEvaluation): string {
  const { set, split, slice, world, devices, queries, videos, pairs, problems } = evaluation
  const part = slice === null ? split : `${split}, ${slice}`
  const unread = Object.entries(problems).map(([code, count]) => `${count} ${code}`)
  return [
    `${set} on ${part} of ${world}, on ${devices.join(' and ')}: ${queries} queries, ${videos} videos, ${pairs} graded pairs`,
    ...(unread.length === 0 ? [] : [`modalities that could not be read, and count as missing: ${unread.join(', ')}`]),
    ...table('content', evaluation.content),
    ...table('perceived', evaluation.perceived),
    '',
    'a missing modality scores the mean of its query; tied scores count half; intervals: 95 %, queries resampled',
  ].join('\n')
}

function table(truth: Truth, judgements: readonly ScorerJudgement[]): string[] {
  const what = truth === 'content' ? 'what videos hold' : 'what videos promise'
  return ['', `by ${what}, PNR (the ${names[fusionOf[truth]]} ahead of it by)`, ...judgements.map(line)]
}

const line = ({ scorer, pnr, interval, fusion_ahead }: ScorerJudgement): string => {
  const start = `  ${(names[scorer] ?? scorer).padEnd(37)}${pnr.toFixed(3)}${between(interval)}`
  return fusion_ahead === null
    ? start
    : `${start.padEnd(64)}${signed(fusion_ahead.value)}${between(fusion_ahead.interval)}`
}
