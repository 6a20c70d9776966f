import { Option, type Command } from 'commander'
import { printedSamplesSql } from '../../relabel/current.sql.js'
import {
  printRows,
  rangeOf,
  withFormat,
  withRange,
  type PrintContext,
  type RangeFlags,
  type RowFlags,
} from '../print-rows.js'

interface Flags extends RangeFlags, RowFlags {
  request?: string
  streamed?: boolean
  domain?: string[]
  policy?: string[]
}

/** `kinora samples`: training samples, one row per (request, video, domain, policy) that has a grade. */
export function registerSamples(program: Command, context: PrintContext): void {
  const command = program.command('samples').description('print training samples: graded (query, video) pairs')
  withFormat(withRange(command, 'shown'))
    .option('--request <id>', 'only of this request')
    .addOption(new Option('--domain <domain...>', 'only of these domains').choices(['perception', 'content']))
    .option('--policy <policy...>', 'only by these label policies')
    .option('--streamed', 'as the stream labelled them, without what relabelling changed')
    .action(async ({ request, streamed = false, domain, policy, ...flags }: Flags) => {
      const sql = printedSamplesSql({
        shown: rangeOf(flags),
        streamed,
        ...(request !== undefined && { request }),
        ...(domain && { domains: domain }),
        ...(policy && { policies: policy }),
      })
      await printRows(context, sql, flags)
    })
}
