import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { lastLines, startOwnedChild, type OwnedChild } from '../stores/child-process.js'
import { lagOf, progressOf } from '../streams/runtime/progress.js'
import type { BenchKafka } from './bench-kafka.js'
import { cpuSeconds, peakRssMb } from './process-stats.js'
import { showProgress } from './progress.js'

/** A program that consumes the input topics in a consumer group. */
export interface Contestant {
  readonly name: string
  /** Must be new: it begins at the first record. */
  readonly groupId: string
  readonly command: string
  readonly args: readonly string[]
}

export interface Result {
  readonly name: string
  readonly events: number
  /** From the first committed record to the last: without the start of the process. */
  readonly eventsPerSecond: number
  /** CPU seconds per million events, the start of the process and its warming up included. */
  readonly cpu: number
  /** The same of the broker meanwhile. */
  readonly brokerCpu: number
  /** CPU seconds of process and broker per million events over the second half of the events: warmed up. */
  readonly warmCpu: number
  readonly peakRssMb: number
}

interface Sample {
  readonly ms: number
  readonly committed: number
  readonly cpu: number
  readonly brokerCpu: number
}

const SAMPLE_MS = 100
const STUCK_MS = 60_000

/** Starts a contestant, lets it consume all that is in the topics, and stops it. Done is what it has committed. */
export async function race(bench: BenchKafka, contestant: Contestant, topics: readonly string[]): Promise<Result> {
  const child = await start(bench, contestant)
  try {
    const samples = await sampleUntilDone(bench, contestant, child, topics)
    return resultOf(contestant.name, samples, await peakRssMb(child.pid))
  } finally {
    await child.stop()
  }
}

/** Starts a contestant's process; its log is in the folder of the benchmark. */
export const start = ({ folder }: BenchKafka, { groupId, command, args }: Contestant): Promise<OwnedChild> =>
  startOwnedChild({ command, args, cwd: folder, logFile: join(folder, `${groupId}.log`) })

async function sampleUntilDone(
  bench: BenchKafka,
  { name, groupId }: Contestant,
  child: OwnedChild,
  topics: readonly string[],
): Promise<Sample[]> {
  const total = await lag(bench, groupId, topics)
  const brokerBefore = await cpuSeconds(bench.broker.pid)
  const progress = showProgress(name, total)
  const samples: Sample[] = []
  for (let movedMs = Date.now(); ; await delay(SAMPLE_MS)) {
    await failIf(child, child.ended() !== undefined, `${name} has ended (${child.ended() ?? ''})`)
    const committed = total - (await lag(bench, groupId, topics))
    const brokerCpu = (await cpuSeconds(bench.broker.pid)) - brokerBefore
    if (committed > (samples.at(-1)?.committed ?? 0)) movedMs = Date.now()
    samples.push({ ms: Date.now(), committed, cpu: await cpuSeconds(child.pid), brokerCpu })
    progress.at(committed)
    if (committed === total) break
    await failIf(child, Date.now() - movedMs > STUCK_MS, `${name} has not moved for ${STUCK_MS / 1000} s`)
  }
  progress.done()
  return samples
}

/** Records that a group has not committed yet. */
export async function lag(bench: BenchKafka, groupId: string, topics: readonly string[]): Promise<number> {
  for (;;) {
    try {
      return lagOf(await progressOf(bench.admin, groupId, topics))
    } catch (error) {
      // The coordinator of a group may still be moving in, and kafkajs does not retry this request.
      if ((error as { retriable?: boolean }).retriable !== true) throw error
      await delay(SAMPLE_MS)
    }
  }
}

async function failIf(child: OwnedChild, failed: boolean, what: string): Promise<void> {
  if (failed) throw new Error(`${what}; its log ends with\n${await lastLines(child.logFile, 30)}`)
}

function resultOf(name: string, samples: readonly Sample[], rssMb: number): Result {
  const last = samples.at(-1)!
  const first = samples.find(({ committed }) => committed > 0)!
  const middle = samples.find(({ committed }) => committed >= last.committed / 2)!
  const perMillion = (cpu: number, events: number) => (cpu * 1e6) / events
  return {
    name,
    events: last.committed,
    eventsPerSecond: ((last.committed - first.committed) * 1000) / Math.max(1, last.ms - first.ms),
    cpu: perMillion(last.cpu, last.committed),
    brokerCpu: perMillion(last.brokerCpu, last.committed),
    warmCpu: perMillion(last.cpu + last.brokerCpu - middle.cpu - middle.brokerCpu, last.committed - middle.committed),
    peakRssMb: rssMb,
  }
}
