import { Option, type Command } from 'commander'
import { printedTilesSql } from '../../relabel/current.sql.js'
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
  video?: string[]
  query?: string
  overall?: true
}

/** `kinora engagement`: the 5-minute tiles per video, and per query and video. */
export function registerEngagement(program: Command, context: PrintContext): void {
  const command = program
    .command('engagement')
    .description('print engagement: 5-minute tiles per (query, video), and per video with a null query')
  withFormat(withRange(command, 'tiles that begin'))
    .option('--video <id...>', 'only of these videos')
    .addOption(new Option('--query <text>', 'only under this query, byte for byte; it may be empty'))
    .addOption(new Option('--overall', 'only the tiles over all queries').conflicts('query'))
    .action(async ({ video, query, overall, ...flags }: Flags) => {
      const sql = printedTilesSql({
        tiles: rangeOf(flags),
        ...(video && { videos: video }),
        ...(overall ? { query: null } : query !== undefined && { query }),
      })
      await printRows(context, sql, flags)
    })
}
