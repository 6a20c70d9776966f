import { topicName, topics } from '../streams/topics.js'
import { withKafka, type BenchKafka } from './bench-kafka.js'
import { behaviorLog, GAP_MS, START_AT } from './events.js'
import { inputNames, load, PARTITIONS } from './load.js'
import type { BenchOptions } from './options.js'
import { assertSame, readOutcomes } from './outcomes.js'
import { bareConsumer, ownJoiner } from './own.js'
import { race, type Result } from './race.js'
import { count, decimal, printTable } from './report.js'
import { buildRival, rival } from './rival.js'

const NAMESPACE = 'bench'
const RIVAL_OUTCOMES = { avro: 'bench.rival-avro.outcomes', packed: 'bench.rival-packed.outcomes' }

export interface JoinerReport {
  readonly events: number
  readonly requests: number
  readonly rounds: number
  readonly rivalThreads: number
  /** Medians. */
  readonly bare: Result
  readonly decoding: Result
  readonly joiner: Result
  readonly rival: Result
  readonly packedRival: Result
  readonly ratios: { readonly rival: Ratios; readonly packedRival: Ratios; readonly eventsPerSecondOverBare: number }
  /** Every run, for those who distrust medians. */
  readonly runs: Runs
}

interface Runs {
  readonly joiner: readonly Result[]
  readonly rival: readonly Result[]
  readonly packedRival: readonly Result[]
}

/** What the rival takes over what the joiner takes; events/s the other way round. */
interface Ratios {
  /** CPU seconds per event, the broker's included. */
  readonly cpu: number
  /** The same over the second half of the events only. */
  readonly warmCpu: number
  readonly cpuWithoutBroker: number
  readonly eventsPerSecond: number
}

/** The joiner, a bare consumer and the same join in Kafka Streams: one broker, one set of records, taking turns. */
export async function benchJoiner(options: BenchOptions): Promise<JoinerReport> {
  const { events: total, rounds, seed } = options
  await buildRival()
  return withKafka(async (bench) => {
    const events = behaviorLog({ events: total, seed, startAt: START_AT, gapMs: GAP_MS })
    await load(bench, { namespace: NAMESPACE, events, total, ends: true })
    const inputs = inputNames(NAMESPACE)
    const bare = await race(bench, bareConsumer(bench, NAMESPACE, false), inputs)
    const decoding = await race(bench, bareConsumer(bench, NAMESPACE, true), inputs)
    const runs = await takeTurns(bench, options)
    const requests = await checkOutcomes(bench, rounds)
    const [joiner, rival, packedRival] = [medianOf(runs.joiner), medianOf(runs.rival), medianOf(runs.packedRival)]
    const ratios = {
      rival: ratiosOf(rival, joiner),
      packedRival: ratiosOf(packedRival, joiner),
      eventsPerSecondOverBare: joiner.eventsPerSecond / bare.eventsPerSecond,
    }
    const results = { bare, decoding, joiner, rival, packedRival, ratios }
    const report = { events: total, requests, rounds, rivalThreads: options.threads, ...results, runs }
    print(report)
    return report
  })
}

async function takeTurns(bench: BenchKafka, options: BenchOptions): Promise<Runs> {
  const { rounds, threads } = options
  await createRivalTopics(bench)
  const inputs = inputNames(NAMESPACE)
  const rivalOf = (state: 'avro' | 'packed', round: number) => {
    const application = `rival-${state}-${round}`
    return rival(bench, { namespace: NAMESPACE, application, outcomes: RIVAL_OUTCOMES[state], threads, state })
  }
  const runs = { joiner: [] as Result[], rival: [] as Result[], packedRival: [] as Result[] }
  for (let round = 1; round <= rounds; round++) {
    runs.joiner.push(await race(bench, ownJoiner(bench, { namespace: NAMESPACE, run: String(round), options }), inputs))
    runs.rival.push(await race(bench, rivalOf('avro', round), inputs))
    runs.packedRival.push(await race(bench, rivalOf('packed', round), inputs))
  }
  return runs
}

/** Kafka Streams stamps its outputs with event time, which retention would take for old age. */
async function createRivalTopics({ admin }: BenchKafka): Promise<void> {
  const configEntries = [{ name: 'retention.ms', value: '-1' }]
  const topics = Object.values(RIVAL_OUTCOMES).map((topic) => ({ topic, numPartitions: PARTITIONS, configEntries }))
  await admin.createTopics({ topics, waitForLeaders: false })
}

/** A rival that does less, or something else, proves nothing. Returns the number of requests. */
async function checkOutcomes(bench: BenchKafka, rounds: number): Promise<number> {
  const ours = await readOutcomes(bench, topicName(NAMESPACE, topics.outcomes))
  for (const topic of Object.values(RIVAL_OUTCOMES)) assertSame(ours, await readOutcomes(bench, topic), rounds)
  return ours.size
}

function medianOf(results: readonly Result[]): Result {
  const median = (key: keyof Omit<Result, 'name'>) => {
    const ascending = results.map((result) => result[key]).sort((a, b) => a - b)
    const middle = ascending.length >> 1
    return ascending.length % 2 === 1 ? ascending[middle]! : (ascending[middle - 1]! + ascending[middle]!) / 2
  }
  return {
    name: results[0]!.name,
    events: median('events'),
    eventsPerSecond: median('eventsPerSecond'),
    cpu: median('cpu'),
    brokerCpu: median('brokerCpu'),
    warmCpu: median('warmCpu'),
    peakRssMb: median('peakRssMb'),
  }
}

const ratiosOf = (rival: Result, joiner: Result): Ratios => ({
  cpu: (rival.cpu + rival.brokerCpu) / (joiner.cpu + joiner.brokerCpu),
  warmCpu: rival.warmCpu / joiner.warmCpu,
  cpuWithoutBroker: rival.cpu / joiner.cpu,
  eventsPerSecond: joiner.eventsPerSecond / rival.eventsPerSecond,
})

function print(report: JoinerReport): void {
  const { events, requests, rounds, bare, decoding, joiner, rival, packedRival, ratios } = report
  console.log(
    `\n${count(events)} events of ${count(requests)} requests, medians of ${rounds} rounds; CPU s per M events`,
  )
  printTable(
    ['', 'events/s', 'CPU', 'broker CPU', 'both', 'both, warm', 'peak RSS MB'],
    [bare, decoding, joiner, rival, packedRival].map((result) => [
      ...[result.name, count(result.eventsPerSecond), decimal(result.cpu), decimal(result.brokerCpu)],
      ...[decimal(result.cpu + result.brokerCpu), decimal(result.warmCpu), count(result.peakRssMb)],
    ]),
  )
  console.log('\nThe rivals over the joiner (goal: 3.0 in CPU). The outcomes of all are equal.')
  printTable(
    ['', 'CPU, both', 'warm', 'without the broker', 'our events/s over theirs'],
    [rival, packedRival].map(({ name }, index) => {
      const { cpu, warmCpu, cpuWithoutBroker, eventsPerSecond } = index === 0 ? ratios.rival : ratios.packedRival
      return [name, ...[cpu, warmCpu, cpuWithoutBroker, eventsPerSecond].map(decimal)]
    }),
  )
  console.log(`The joiner does ${decimal(ratios.eventsPerSecondOverBare)} times the events/s of a bare consumer.`)
}
