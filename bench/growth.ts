import { withKafka } from './bench-kafka.js'
import { behaviorLog, GAP_MS, START_AT } from './events.js'
import { inputNames, load } from './load.js'
import type { BenchOptions } from './options.js'
import { ownJoiner } from './own.js'
import { race, type Result } from './race.js'
import { count, decimal, printTable } from './report.js'

export interface GrowthReport {
  readonly sizes: readonly Growth[]
}

interface Growth extends Result {
  /** Time per event over that of the smallest size: 1 is linear. */
  readonly timeOverLinear: number
  /** Peak memory over that of the smallest size. */
  readonly memoryOverSmallest: number
}

const SHARES = [0.1, 0.3, 1]

/** How time and memory of the joiner grow with the number of events, at the same pace of event time. */
export function benchGrowth(options: BenchOptions): Promise<GrowthReport> {
  const { events, seed } = options
  return withKafka(async (bench) => {
    const results: Result[] = []
    for (const total of SHARES.map((share) => Math.ceil(events * share))) {
      const namespace = `growth-${total}`
      const log = behaviorLog({ events: total, seed, startAt: START_AT, gapMs: GAP_MS })
      await load(bench, { namespace, events: log, total, ends: true })
      results.push(await race(bench, ownJoiner(bench, { namespace, run: '1', options }), inputNames(namespace)))
    }
    const [smallest] = results
    const sizes = results.map((result) => ({
      ...result,
      timeOverLinear: smallest!.eventsPerSecond / result.eventsPerSecond,
      memoryOverSmallest: result.peakRssMb / smallest!.peakRssMb,
    }))
    print(sizes)
    return { sizes }
  })
}

function print(sizes: readonly Growth[]): void {
  printTable(
    ['events', 'events/s', 'time / linear', 'CPU s per M', 'peak RSS MB', 'memory / smallest'],
    sizes.map((size) => [
      ...[count(size.events), count(size.eventsPerSecond), decimal(size.timeOverLinear), decimal(size.cpu)],
      ...[count(size.peakRssMb), decimal(size.memoryOverSmallest)],
    ]),
  )
}
