import { Option, type Command } from 'commander'
import { FatalError } from '../../errors/errors.js'
import { judge } from '../../models/metrics/judge.js'
import { readScoreFile } from '../../models/metrics/score-file.js'
import type { CommandContext } from '../context.js'
import { wholeNumber } from '../whole-number.js'
import { evaluationOf, type WorldFlags } from './evaluation-of-world.js'
import { comparisonText } from './comparison-text.js'
import { evaluationText } from './evaluation-text.js'

interface Flags extends Omit<WorldFlags, 'world'> {
  scores?: string
  world?: string
  json?: true
}

/** `kinora models evaluate`: PNR of a file of scores, or of a model set on a world. */
export function registerEvaluate(models: Command, context: Pick<CommandContext, 'quietConfig' | 'signal'>): void {
  models
    .command('evaluate')
    .description('PNR of scores, or of a model set on a world, with bootstrap intervals over queries')
    .option('--scores <file>', "tab-separated: query, label, score and, to compare, a rival's score")
    .option('--world <dir>', 'a world of `npm run world`: its media and texts go through the model set')
    .addOption(new Option('--split <split>', 'of the world').choices(['validation', 'test']).default('validation'))
    .addOption(new Option('--slice <slice>', 'of the split; default: all of it').choices(['seen', 'held-out']))
    .option('--videos <count>', 'at most so many videos of the split', wholeNumber(1, 10_000_000))
    .option('--set <name>', 'model set, or set/version; default: KINORA_MODEL_SET')
    .option('--resamples <count>', 'bootstrap resamples', wholeNumber(1, 100_000), 2000)
    .option('--seed <number>', 'of the resamples', wholeNumber(0, 2 ** 31 - 1), 1)
    .option('--json', 'print one JSON document')
    .action(async ({ scores, world, json, ...flags }: Flags) => {
      if ((scores === undefined) === (world === undefined))
        throw new FatalError('COMMAND_INVALID', 'give either --scores FILE or --world DIR')
      if (scores !== undefined) {
        const comparison = await judge(await readScoreFile(scores), { ...flags, signal: context.signal })
        return console.log(json ? JSON.stringify(comparison) : comparisonText(comparison))
      }
      const evaluation = await evaluationOf({ ...flags, world: world! }, context)
      console.log(json ? JSON.stringify(evaluation) : evaluationText(evaluation))
    })
}
