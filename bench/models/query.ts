import { encodeQuery } from '../../models/encoders/encode-text.js'
import type { BenchOptions } from '../options.js'
import { count, printTable } from '../report.js'
import { quantile, secondsOf } from '../timing.js'
import { openBenchSet } from './open-bench-set.js'
import { recordRuns } from './recorded-runs.js'
import { randomQueries } from './video-data.js'

interface Latency {
  readonly p50Ms: number
  readonly p99Ms: number
}

export interface QueryReport {
  readonly set: string
  readonly devices: readonly string[]
  readonly queries: number
  /** With the configured delay of batches: what a query waits for others. */
  readonly configured: Latency & { readonly batchDelayMs: number }
  /** With no delay. */
  readonly atOnce: Latency
  readonly bare: Latency
}

const WARM_UP = 200

/** One query after another, from text to vector, as a search would ask; and onnxruntime-node alone on the same. */
export async function benchQuery({ queries: total, seed }: BenchOptions): Promise<QueryReport> {
  const queries = randomQueries(WARM_UP + total, seed)
  const configured = await openBenchSet()
  const atOnce = await openBenchSet({ batchDelayMs: 0 })
  try {
    const ask = (set: typeof atOnce) => queries.map((query) => () => encodeQuery(set, query))
    const calls = await recordRuns(() => inTurn(ask(atOnce)))
    return print({
      ...{ set: atOnce.name, devices: atOnce.devices, queries: total },
      configured: { ...latencyOf(await inTurn(ask(configured))), batchDelayMs: configured.batching.batchDelayMs },
      atOnce: latencyOf(await inTurn(ask(atOnce))),
      bare: latencyOf(await inTurn(calls)),
    })
  } finally {
    await Promise.all([configured.close(), atOnce.close()])
  }
}

/** Milliseconds of each. */
async function inTurn(actions: readonly (() => Promise<unknown>)[]): Promise<number[]> {
  const took: number[] = []
  for (const action of actions) took.push(1000 * (await secondsOf(action)))
  return took.slice(WARM_UP)
}

const latencyOf = (took: readonly number[]): Latency => ({ p50Ms: quantile(took, 0.5), p99Ms: quantile(took, 0.99) })

function print(report: QueryReport): QueryReport {
  const { queries, configured, atOnce, bare } = report
  const row = (name: string, { p50Ms, p99Ms }: Latency): string[] => [
    ...[name, p50Ms.toFixed(2), p99Ms.toFixed(2)],
    (p50Ms / bare.p50Ms).toFixed(1),
  ]
  printTable(
    [`${count(queries)} queries`, 'p50 ms', 'p99 ms', 'p50 / bare'],
    [
      row(`waits ${configured.batchDelayMs} ms for others`, configured),
      row('waits for nobody', atOnce),
      row('bare onnxruntime', bare),
    ],
  )
  return report
}
