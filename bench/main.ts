/** `npm run bench`: all benchmarks, or those that are named. */
import { messageOf } from '../errors/errors.js'
import { benchGrowth } from './growth.js'
import { benchJoiner } from './joiner.js'
import { benchDecode } from './media/decode.js'
import { benchEmbed } from './models/embed.js'
import { benchMemory } from './models/memory.js'
import { benchQuery } from './models/query.js'
import { parseOptions, usage, type BenchmarkName, type BenchOptions } from './options.js'
import { saveReport } from './report.js'
import { benchSink } from './sink.js'
import { benchTakeover } from './takeover.js'

const run: Record<BenchmarkName, (options: BenchOptions) => Promise<object>> = {
  joiner: benchJoiner,
  growth: benchGrowth,
  takeover: benchTakeover,
  sink: benchSink,
  embed: benchEmbed,
  query: benchQuery,
  memory: benchMemory,
  decode: benchDecode,
}

const args = process.argv.slice(2)
try {
  if (args.includes('--help')) console.log(usage)
  else await runAll(parseOptions(args))
} catch (error) {
  console.error(messageOf(error))
  process.exitCode = 1
} finally {
  // Whatever an interrupted benchmark still waits for.
  process.exit()
}

async function runAll(options: BenchOptions): Promise<void> {
  for (const name of options.names) {
    console.log(`\n${name}`)
    console.log(`saved in ${await saveReport(name, await run[name](options))}`)
  }
}
