import type { Command } from 'commander'
import { parity, type Difference } from '../../relabel/parity.js'
import { loadViewThresholds } from '../../schemas/policies/view-thresholds.js'
import type { CommandContext } from '../context.js'
import { rangeOf, withRange, type RangeFlags } from '../print-rows.js'
import { openProgressLine } from '../progress-line.js'
import { settledRange } from '../settled-range.js'

type ParityContext = Pick<CommandContext, 'config' | 'connect' | 'openWarehouse' | 'signal'>

interface Flags extends RangeFlags {
  json?: true
}

/** `kinora parity`: do streamed and recomputed outcomes agree? Exit code 1 when any row differs. */
export function registerParity(program: Command, context: ParityContext): void {
  const command = program
    .command('parity')
    .description('compare the streamed outcomes with those recomputed by SQL from the raw events, row by row')
  withRange(command, 'requests shown')
    .option('--json', 'print differing rows, and what was compared, as JSON lines')
    .action(async ({ json, ...flags }: Flags) => {
      const range = rangeOf(flags)
      const warehouse = await context.openWarehouse()
      const line = openProgressLine()
      const run = parity(warehouse, {
        shown: await settledRange(context, range, (text) => console.error(text)),
        windowMs: context.config().time.windowMs,
        thresholds: loadViewThresholds(),
        onProgress: (compared, done) => line.show(`${Math.floor(done * 100)} %: ${compared} outcomes compared`),
      })
      let differing = 0
      let step = await run.next()
      for (; !step.done; step = await run.next()) {
        context.signal.throwIfAborted()
        differing += 1
        console.log(json ? JSON.stringify(step.value) : describe(step.value))
      }
      line.end()
      const compared = step.value
      console.log(json ? JSON.stringify({ compared, differing }) : `${compared} outcomes compared, ${differing} differ`)
      if (differing > 0) process.exitCode = 1
    })
}

function describe({ request_id, video_id, shown_at, streamed, recomputed, columns }: Difference): string {
  const row = `request ${request_id}, video ${video_id}, shown ${shown_at}:`
  if (!streamed) return `${row} recomputed, but not streamed`
  if (!recomputed) return `${row} streamed, but not recomputed`
  const both = columns.map((column) => {
    const [one, other] = [streamed, recomputed].map((outcome) => JSON.stringify(outcome[column]))
    return `${column} streamed ${one}, recomputed ${other}`
  })
  return `${row} ${both.join('; ')}`
}
