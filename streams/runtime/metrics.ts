import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** How a record ended: used in an output or in state, dropped for a named reason, or dead-lettered with a code. */
export type RecordOutcome = 'used' | 'dropped' | 'dead'

/** What the runtime tells about one stream; every call is cheap, but make them once a batch, not once a record. */
export interface StreamMetrics {
  /** `reason`: why records were dropped, or the error code of dead ones; empty for used ones. */
  records(topic: string, outcome: RecordOutcome, count: number, reason?: string): void
  /** Records of one input that are not processed yet. */
  lag(topic: string, partition: number, records: number): void
  /** One batch through the rule, without the commit. */
  batch(durationMs: number): void
  /** One commit: outputs, dead letters and offsets. */
  commit(durationMs: number): void
  /** How far the watermark of a partition is behind the wall clock. */
  watermarkDelay(partition: number, delayMs: number): void
  /** Entries in memory for one partition: open windows, counters. */
  stateEntries(partition: number, entries: number): void
  /** One rebuild of a partition's state after an assignment. */
  rebuild(durationMs: number): void
  /** Arrival of an event at Kafka to the commit of the output that shows it. */
  freshness(durationMs: number): void
  /** The partition went to another process: stop reporting its lag, watermark and state. */
  forget(partition: number): void
}

/** The metrics of one process, kept in a registry of its own. */
export interface Metrics {
  ofStream(stream: string): StreamMetrics
  /** The Prometheus text format. */
  text(): Promise<string>
  readonly contentType: string
}

const seconds = {
  short: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  freshness: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 10, 30, 60, 300],
  rebuild: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
}

/** Opens the registry of this process, with Node's own process metrics in it. */
export function openMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const instruments = instrumentsIn(registry)
  return {
    ofStream: (stream) => streamMetrics(instruments, stream),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

type Instruments = ReturnType<typeof instrumentsIn>

function instrumentsIn(registry: Registry) {
  const registers = [registry]
  const gauge = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Gauge({ name: `kinora_stream_${name}`, help, labelNames, registers })
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name: `kinora_stream_${name}_seconds`, help, labelNames: ['stream'], buckets, registers })
  return {
    records: new Counter({
      name: 'kinora_stream_records_total',
      help: 'Records processed, by outcome and reason.',
      labelNames: ['stream', 'topic', 'outcome', 'reason'],
      registers,
    }),
    lag: gauge('lag_records', 'Records not processed yet.', ['stream', 'topic', 'partition']),
    batch: histogram('batch', 'Time of one batch in the rule.', seconds.short),
    commit: histogram('commit', 'Time of one commit of outputs and offsets.', seconds.short),
    watermarkDelay: gauge('watermark_delay_seconds', 'Watermark behind the wall clock.', ['stream', 'partition']),
    stateEntries: gauge('state_entries', 'Entries of state in memory.', ['stream', 'partition']),
    rebuild: histogram('rebuild', "Time of one rebuild of a partition's state.", seconds.rebuild),
    freshness: histogram('freshness', 'Event received to output written.', seconds.freshness),
  }
}

function streamMetrics(instruments: Instruments, stream: string): StreamMetrics {
  const topicsOf = new Map<number, Set<string>>()
  return {
    records: (topic, outcome, count, reason = '') => {
      if (count > 0) instruments.records.inc({ stream, topic, outcome, reason }, count)
    },
    lag: (topic, partition, records) => {
      const seen = topicsOf.get(partition) ?? new Set()
      topicsOf.set(partition, seen.add(topic))
      instruments.lag.set({ stream, topic, partition }, records)
    },
    batch: (durationMs) => instruments.batch.observe({ stream }, durationMs / 1000),
    commit: (durationMs) => instruments.commit.observe({ stream }, durationMs / 1000),
    watermarkDelay: (partition, delayMs) => instruments.watermarkDelay.set({ stream, partition }, delayMs / 1000),
    stateEntries: (partition, entries) => instruments.stateEntries.set({ stream, partition }, entries),
    rebuild: (durationMs) => instruments.rebuild.observe({ stream }, durationMs / 1000),
    freshness: (durationMs) => instruments.freshness.observe({ stream }, durationMs / 1000),
    forget: (partition) => {
      for (const topic of topicsOf.get(partition) ?? []) instruments.lag.remove({ stream, topic, partition })
      topicsOf.delete(partition)
      instruments.watermarkDelay.remove({ stream, partition })
      instruments.stateEntries.remove({ stream, partition })
    },
  }
}
