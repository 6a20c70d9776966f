/** `npm run bench`: all benchmarks, or those that are named. */
import { benchJoiner } from './joiner.js'
import { parseOptions, type BenchmarkName, type BenchOptions } from './options.js'
import { saveReport } from './report.js'

const run: Partial<Record<BenchmarkName, (options: BenchOptions) => Promise<object>>> = {
  joiner: benchJoiner,
}

const options = parseOptions(process.argv.slice(2))
for (const name of options.names) {
  console.log(`\n${name}`)
  console.log(`saved in ${await saveReport(name, await run[name]!(options))}`)
}
