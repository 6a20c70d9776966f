import type { Command } from 'commander'
import { printedOutcomesSql } from '../../relabel/current.sql.js'
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
}

/** `kinora outcomes`: what became of every shown video, one row per (request, video). */
export function registerOutcomes(program: Command, context: PrintContext): void {
  const command = program
    .command('outcomes')
    .description('print outcomes: what became of every shown video once the window of its request closed')
  withFormat(withRange(command, 'shown'))
    .option('--request <id>', 'only of this request')
    .option('--streamed', 'as the stream judged them, without what relabelling changed')
    .action(async ({ request, streamed = false, ...flags }: Flags) => {
      const sql = printedOutcomesSql({ shown: rangeOf(flags), streamed, ...(request !== undefined && { request }) })
      await printRows(context, sql, flags)
    })
}
