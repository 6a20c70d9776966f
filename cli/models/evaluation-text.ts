import { fusionOf, type ScorerJudgement, type Truth } from '../../models/evaluation/judge-scorers.js'
import { between, pnrText, signed } from './comparison-text.js'
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
    'videos of one slice are compared; a missing modality scores the mean of the others; tied scores count half; intervals: 95 %, queries resampled',
  ].join('\n')
}

function table(truth: Truth, judgements: readonly ScorerJudgement[]): string[] {
  const what = truth === 'content' ? 'what videos hold' : 'what videos promise'
  return ['', `by ${what}, PNR (the ${names[fusionOf[truth]]} ahead of it by)`, ...judgements.map(line)]
}

const line = (judgement: ScorerJudgement): string => {
  const { scorer, interval, fusion_ahead } = judgement
  const start = `  ${(names[scorer] ?? scorer).padEnd(37)}${pnrText(judgement, interval)}`
  return fusion_ahead === null || judgement.pair_accuracy === null
    ? start
    : `${start.padEnd(64)}${signed(fusion_ahead.value)}${between(fusion_ahead.interval)}`
}
