/** `npm run bench`: all benchmarks, or those that are named. */
import { benchGrowth } from './growth.js'
import { benchJoiner } from './joiner.js'
import { parseOptions, type BenchmarkName, type BenchOptions } from './options.js'
import { saveReport } from './report.js'
import { benchSink } from './sink.js'
import { benchTakeover } from './takeover.js'

const run: Record<BenchmarkName, (options: BenchOptions) => Promise<object>> = {
  joiner: benchJoiner,
  growth: benchGrowth,
  takeover: benchTakeover,
  sink: benchSink,
}

const options = parseOptions(process.argv.slice(2))
for (const name of options.names) {
  console.log(`\n${name}`)
  console.log(`saved in ${await saveReport(name, await run[name](options))}`)
}
