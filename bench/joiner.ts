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
const RIVAL_OUTCOMES = 'bench.rival.outcomes'

export interface JoinerReport {
  readonly events: number
  readonly requests: number
  readonly rounds: number
  readonly bare: Result
  readonly decoding: Result
  readonly joiner: Result
  readonly rival: Result
  readonly ratios: Ratios
  /** Every run, for those who distrust medians. */
  readonly runs: readonly Result[]
}

interface Ratios {
  /** CPU seconds per event of the rival over those of the joiner, the broker's included. */
  readonly rivalCpuOverOurs: number
  /** The same over the second half of the events only. */
  readonly warm: number
  readonly withoutBroker: number
  readonly eventsPerSecondOverRival: number
  readonly eventsPerSecondOverBare: number
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
    const runs = await alternate(bench, options)
    const requests = await checkOutcomes(bench, rounds)
    const [joiner, rival] = [medianOf(runs.ours), medianOf(runs.rivals)]
    const ratios = ratiosOf({ bare, joiner, rival })
    const report = { events: total, requests, rounds, bare, decoding, joiner, rival, ratios }
    print(report)
    return { ...report, runs: [...runs.ours, ...runs.rivals] }
  })
}

async function alternate(bench: BenchKafka, { rounds, threads, profile }: BenchOptions) {
  await createRivalTopic(bench)
  const inputs = inputNames(NAMESPACE)
  const ours: Result[] = []
  const rivals: Result[] = []
  for (let round = 1; round <= rounds; round++) {
    ours.push(await race(bench, ownJoiner(bench, { namespace: NAMESPACE, run: String(round), profile }), inputs))
    const settings = { namespace: NAMESPACE, application: `rival-${round}`, outcomes: RIVAL_OUTCOMES, threads }
    rivals.push(await race(bench, rival(bench, settings), inputs))
  }
  return { ours, rivals }
}

/** Kafka Streams stamps its outputs with event time, which retention would take for old age. */
async function createRivalTopic({ admin }: BenchKafka): Promise<void> {
  const configEntries = [{ name: 'retention.ms', value: '-1' }]
  const topic = { topic: RIVAL_OUTCOMES, numPartitions: PARTITIONS, configEntries }
  await admin.createTopics({ topics: [topic], waitForLeaders: false })
}

/** A rival that does less, or something else, proves nothing. Returns the number of requests. */
async function checkOutcomes(bench: BenchKafka, rounds: number): Promise<number> {
  const ours = await readOutcomes(bench, topicName(NAMESPACE, topics.outcomes))
  assertSame(ours, await readOutcomes(bench, RIVAL_OUTCOMES), rounds)
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

function ratiosOf({ bare, joiner, rival }: Record<'bare' | 'joiner' | 'rival', Result>): Ratios {
  return {
    rivalCpuOverOurs: (rival.cpu + rival.brokerCpu) / (joiner.cpu + joiner.brokerCpu),
    warm: rival.warmCpu / joiner.warmCpu,
    withoutBroker: rival.cpu / joiner.cpu,
    eventsPerSecondOverRival: joiner.eventsPerSecond / rival.eventsPerSecond,
    eventsPerSecondOverBare: joiner.eventsPerSecond / bare.eventsPerSecond,
  }
}

function print(report: Omit<JoinerReport, 'runs'>): void {
  const { events, requests, rounds, ratios } = report
  console.log(
    `\n${count(events)} events of ${count(requests)} requests, medians of ${rounds} rounds; CPU s per M events`,
  )
  printTable(
    ['', 'events/s', 'CPU', 'broker CPU', 'both', 'both, warm', 'peak RSS MB'],
    [report.bare, report.decoding, report.joiner, report.rival].map((result) => [
      ...[result.name, count(result.eventsPerSecond), decimal(result.cpu), decimal(result.brokerCpu)],
      ...[decimal(result.cpu + result.brokerCpu), decimal(result.warmCpu), count(result.peakRssMb)],
    ]),
  )
  console.log(
    `Kafka Streams takes ${decimal(ratios.rivalCpuOverOurs)} times our CPU per event (goal 3.0; warm ` +
      `${decimal(ratios.warm)}, without the broker ${decimal(ratios.withoutBroker)}).\n` +
      `We do ${decimal(ratios.eventsPerSecondOverRival)} times its events/s, and ` +
      `${decimal(ratios.eventsPerSecondOverBare)} times those of a bare consumer. The outcomes are equal.`,
  )
}
