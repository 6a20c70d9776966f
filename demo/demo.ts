import { setTimeout as sleep } from 'node:timers/promises'
import type { Codec } from '../schemas/codec.js'
import { crowd } from './crowd.js'
import { crowdTopics, type CrowdRecord } from './crowd-event.js'
import { FreshnessProbes } from './freshness.js'
import { sendOnTime } from './pace.js'
import type { DemoParameters } from './parameters.js'
import type { DemoPlatform } from './platform.js'
import type { DemoProgress, ProgressWriter } from './progress.js'
import { SentCounter } from './sent-counter.js'
import { summarize } from './summarize.js'
import type { DemoSummary } from './summary.js'

export interface DemoOptions {
  parameters: DemoParameters
  platform: DemoPlatform
  codec: Pick<Codec, 'encode'>
  progress: ProgressWriter
  /** Begins every request id of this run. */
  run: string
  next: DemoSummary['next']
  /** Stops the demo at once, without a summary. */
  signal?: AbortSignal
}

const REDRAW_EVERY_MS = 250

/** Lets the crowd loose on a running platform and tells what came of it; undefined when the signal stopped it. */
export async function runDemo(options: DemoOptions): Promise<DemoSummary | undefined> {
  const { parameters, platform, codec, run, signal } = options
  const startMs = Date.now()
  const endMs = startMs + parameters.durationMs
  const sent = new SentCounter()
  const probes = new FreshnessProbes({
    visible: async (keys) => (await platform.impressions(keys)).map((count) => count > 0),
  })
  const send = async (records: readonly CrowdRecord[]) => {
    const outgoing = records.map((record) => outgoingOf(record, codec))
    for (const record of records) probeWith(probes, record, parameters)
    await platform.send(outgoing)
    sent.add(records)
  }
  const display = startDisplay(options, startMs, sent, probes)
  try {
    await sendOnTime(crowd({ parameters, startMs, run }), { send, ...(signal && { signal }) })
    if (signal?.aborted) return undefined
    display.closing()
    await probes.stop()
    await platform.endInput(endMs + parameters.time.windowMs)
  } finally {
    await display.stop()
  }
  if (signal?.aborted) return undefined
  return summarize({ ...options, sent, freshness: probes.summary(), shown: { from: startMs, to: endMs } })
}

function outgoingOf(record: CrowdRecord, codec: Pick<Codec, 'encode'>) {
  const { topic, key } = record
  if (!('event' in record)) return { topic, key, value: record.bytes }
  return { topic, key, value: codec.encode(crowdTopics[record.event.name].event, record.event.value) }
}

/** Every impression that is on time and whole can be a probe; the others only tell that their query was asked. */
function probeWith(probes: FreshnessProbes, record: CrowdRecord, { time }: DemoParameters): void {
  if (!('event' in record) || record.event.name !== 'ResultsShown') return
  const { value } = record.event
  probes.sent(value, !record.broken && record.sendAt - value.at <= time.outOfOrdernessMs)
}

function startDisplay(options: DemoOptions, startMs: number, sent: SentCounter, probes: FreshnessProbes) {
  const { platform, progress, parameters, signal } = options
  const stopped = new AbortController()
  let phase: DemoProgress['phase'] = 'live'
  const show = async () => {
    const counts = await platform.counts()
    const elapsedMs = Date.now() - startMs
    progress.show({
      ...{ phase, elapsedMs, durationMs: parameters.durationMs, ...counts },
      ...{ sent: sent.total, sentPerSecond: sent.perSecond(), freshness: probes.summary() },
    })
  }
  const drawing = (async () => {
    while (!stopped.signal.aborted && !signal?.aborted) {
      await show()
      await sleep(REDRAW_EVERY_MS, undefined, { signal: stopped.signal }).catch(() => undefined)
    }
    if (!signal?.aborted) await show()
  })()
  // A display that fails must not go unnoticed, nor end the process by itself: `stop` reports it.
  drawing.catch(() => undefined)
  return {
    closing: () => (phase = 'closing'),
    stop: async () => {
      stopped.abort()
      await drawing
      progress.end()
    },
  }
}
