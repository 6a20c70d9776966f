import type { Command } from 'commander'
import { printedOutcomesSql } from '../../relabel/current.sql.js'
import type { CommandContext } from '../context.js'
import { printRows, rangeOf, withFormat, withRange, type RangeFlags, type RowFlags } from '../print-rows.js'

interface Flags extends RangeFlags, RowFlags {
  request?: string
  streamed?: boolean
}

/** `kinora outcomes`: what became of every shown video, one row per (request, video). */
export function registerOutcomes(program: Command, context: Pick<CommandContext, 'openWarehouse' | 'signal'>): void {
  const command = program
    .command('outcomes')
    .description('print outcomes: what became of every shown video once the window of its request closed')
  withFormat(withRange(command, 'shown'))
    .option('--request <id>', 'only of this request')
    .option('--streamed', 'as the stream judged them, without what relabelling changed')
    .action(async ({ request, streamed = false, ...flags }: Flags) => {
      const sql = printedOutcomesSql({ shown: rangeOf(flags), streamed, ...(request !== undefined && { request }) })
      const target = { stdout: process.stdout, signal: context.signal }
      await printRows(await context.openWarehouse(), sql, flags, target)
    })
}
