import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { lastLines, type OwnedChild } from '../stores/child-process.js'
import { withKafka } from './bench-kafka.js'
import { behaviorLog, EVENTS_PER_REQUEST, START_AT } from './events.js'
import { inputNames, load, PARTITIONS } from './load.js'
import type { BenchOptions } from './options.js'
import { ownJoiner } from './own.js'
import { cpuSeconds, peakRssMb } from './process-stats.js'
import { lag, start } from './race.js'
import { count, decimal, printTable } from './report.js'

export interface TakeoverReport {
  /** All of open windows. */
  readonly records: number
  /** From the assignment to the last partition that went live. */
  readonly rebuildMs: number
  readonly rebuildMsPer100k: number
  /** CPU seconds of the new process until then, its start included. */
  readonly cpuSecondsPer100k: number
  readonly peakRssMb: number
  /** From the kill to live: most of it is the session of the dead process running out. */
  readonly killToLiveMs: number
}

const NAMESPACE = 'takeover'
/** Event time that the records cover: less than a window, so that every window stays open. */
const SPAN_MS = 25 * 60_000
const PATIENCE_MS = 120_000

/** A joiner that holds many open windows is killed; another takes over and rebuilds them. */
export function benchTakeover(options: BenchOptions): Promise<TakeoverReport> {
  const { events, seed } = options
  const total = Math.ceil(events * 0.3)
  return withKafka(async (bench) => {
    const gapMs = (SPAN_MS * EVENTS_PER_REQUEST) / total
    const log = behaviorLog({ events: total, seed, startAt: START_AT, gapMs })
    await load(bench, { namespace: NAMESPACE, events: log, total, ends: false })
    const joiner = ownJoiner(bench, { namespace: NAMESPACE, run: '1', options })
    const victim = await start(bench, joiner)
    while ((await lag(bench, joiner.groupId, inputNames(NAMESPACE))) > 0) await alive(victim)
    process.kill(victim.pid, 'SIGKILL')
    const killedMs = Date.now()
    await victim.exited
    const heir = await start(bench, joiner)
    try {
      const rebuildMs = await untilLive(heir)
      return await report(heir, { records: total, rebuildMs, killToLiveMs: Date.now() - killedMs })
    } finally {
      await heir.stop()
    }
  })
}

async function report(
  { pid }: OwnedChild,
  { records, rebuildMs, killToLiveMs }: Pick<TakeoverReport, 'records' | 'rebuildMs' | 'killToLiveMs'>,
): Promise<TakeoverReport> {
  const per100k = 100_000 / records
  const found: TakeoverReport = {
    ...{ records, rebuildMs, killToLiveMs },
    rebuildMsPer100k: rebuildMs * per100k,
    cpuSecondsPer100k: (await cpuSeconds(pid)) * per100k,
    peakRssMb: await peakRssMb(pid),
  }
  printTable(
    ['records of open windows', 'rebuild ms', 'ms per 100k', 'CPU s per 100k', 'peak RSS MB', 'kill to live ms'],
    [
      [
        ...[count(records), count(rebuildMs), count(found.rebuildMsPer100k), decimal(found.cpuSecondsPer100k)],
        ...[count(found.peakRssMb), count(killToLiveMs)],
      ],
    ],
  )
  return found
}

/** Waits until all partitions are live; returns the longest time that one took, as the joiner logs it. */
async function untilLive(child: OwnedChild): Promise<number> {
  for (const startedMs = Date.now(); ;) {
    const log = await readFile(child.logFile, 'utf8')
    const live = [...log.matchAll(/^\{.*"ms":(\d+).*"msg":"partition live".*$/gm)].map((match) => Number(match[1]))
    if (live.length >= PARTITIONS) return Math.max(...live)
    if (Date.now() - startedMs > PATIENCE_MS) throw new Error(`not live:\n${await lastLines(child.logFile, 30)}`)
    await alive(child)
  }
}

async function alive(child: OwnedChild): Promise<void> {
  await delay(50)
  if (child.ended() === undefined) return
  throw new Error(`the joiner has ended (${child.ended() ?? ''}):\n${await lastLines(child.logFile, 30)}`)
}
