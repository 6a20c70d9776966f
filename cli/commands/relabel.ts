import type { Command } from 'commander'
import { readCalibrations } from '../../relabel/calibrations.js'
import { relabel, type RelabelProgress } from '../../relabel/relabel.js'
import { loadViewThresholds } from '../../schemas/policies/view-thresholds.js'
import { labelPolicyNames, loadLabelPolicy } from '../../streams/behavior/label-policy.js'
import type { CommandContext } from '../context.js'
import { rangeOf } from '../print-rows.js'
import { openProgressLine } from '../progress-line.js'
import { settledRange } from '../settled-range.js'
import { timeOption } from '../time-option.js'

type RelabelContext = Pick<CommandContext, 'config' | 'connect' | 'openWarehouse' | 'signal'>

interface Flags {
  from: number
  to: number
  policy: string[]
  json?: true
}

/** `kinora relabel`: outcomes and samples made anew from raw events; late events and orphans are taken in. */
export function registerRelabel(program: Command, context: RelabelContext): void {
  program
    .command('relabel')
    .description('make outcomes and samples anew from the raw events, those that came too late included')
    .addOption(timeOption('--from <time>', 'requests shown from here on').makeOptionMandatory())
    .addOption(timeOption('--to <time>', 'requests shown before here').makeOptionMandatory())
    .option('--policy <policy...>', 'label policies whose samples are made anew', labelPolicyNames())
    .option('--json', 'print what was done as JSON')
    .action(async ({ from, to, policy, json }: Flags) => {
      const range = rangeOf({ from, to })
      const policies = [...new Set(policy)].map((name) => loadLabelPolicy(name))
      const warehouse = await context.openWarehouse()
      const line = openProgressLine()
      const done = await relabel(warehouse, {
        shown: await settledRange(context, range, (text) => console.error(text)),
        windowMs: context.config().time.windowMs,
        thresholds: loadViewThresholds(),
        policies,
        calibrations: await readCalibrations(warehouse),
        onProgress: (progress) => line.show(progressText(progress)),
        signal: context.signal,
      })
      line.end()
      if (json) console.log(JSON.stringify({ ...done, ungraded: Object.fromEntries(done.ungraded) }))
      else console.log(summary(done).join('\n'))
    })
}

const progressText = ({ requests, samples, done }: RelabelProgress): string =>
  `${Math.floor(done * 100)} %: ${requests} requests, ${samples} samples`

function summary({ requests, outcomes, samples, ungraded }: RelabelProgress): string[] {
  const without = [...ungraded].sort().map(([reason, rows]) => `  without a grade, ${reason}: ${rows}`)
  return [`relabelled ${requests} requests: ${outcomes} outcomes, ${samples} samples`, ...without]
}
