import { Option, type Command } from 'commander'
import { judgeKeySentences, type ExtractJudgement } from '../../models/evaluation/judge-key-sentences.js'
import { readTranscripts } from '../../models/evaluation/read-transcripts.js'
import { openLexicon } from '../../models/key-sentences/lexicon.js'
import { charactersOf } from '../../models/text-budgets.js'
import type { Split } from '../../models/world/truth.js'
import type { CommandContext } from '../context.js'

interface Flags {
  world: string
  split: Split
  json?: true
}

/** `kinora models key-sentences`: how well the extract of a transcript finds what a video is about. */
export function registerKeySentences(models: Command, { signal }: Pick<CommandContext, 'signal'>): void {
  models
    .command('key-sentences')
    .description('how many of the sentences that key sentences take speak of what the video holds, on a world')
    .requiredOption('--world <dir>', 'a world of `npm run world`')
    .addOption(
      new Option('--split <split>', 'of the world').choices(['train', 'validation', 'test']).default('validation'),
    )
    .option('--json', 'print one JSON document a line')
    .action(async ({ world, split, json }: Flags) => {
      const options = { lexicon: openLexicon(), maxCharacters: charactersOf('asr') }
      const judged = judgeKeySentences(await readTranscripts(world, split, signal), options)
      if (json) for (const each of judged) console.log(JSON.stringify(each))
      else console.log([HEADER, ...judged.map(line)].join('\n'))
    })
}

const HEADER = 'extract          titles        videos  precision  recall  videos with one'

const line = ({ extract, titles, videos, precision, recall, hit }: ExtractJudgement): string =>
  [
    extract.padEnd(17),
    titles.padEnd(12),
    `${videos}`.padStart(8),
    percent(precision).padStart(11),
    percent(recall).padStart(8),
    percent(hit).padStart(17),
  ].join('')

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
