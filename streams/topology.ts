/** Every processor, in flow order: what is not here does not run. */
import type { Cluster, Redis } from 'ioredis'
import type { CalibrationPublished } from '../schemas/events.js'
import { loadViewThresholds } from '../schemas/policies/view-thresholds.js'
import type { Warehouse } from '../stores/clickhouse/warehouse.js'
import { countEngagement } from './behavior/count-engagement.js'
import { joinOutcomes } from './behavior/join-outcomes.js'
import { labelPolicyNames, loadLabelPolicy } from './behavior/label-policy.js'
import { labelSamples } from './behavior/label-stream.js'
import type { Fold } from './runtime/fold.js'
import type { SinkSettings } from './runtime/sink-runner.js'
import { serveEngagement } from './sinks/serve-engagement.js'
import type { Sink } from './sinks/sink.js'
import { storeCalibrations } from './sinks/store-calibrations.js'
import { storeDeadLetters } from './sinks/store-dead-letters.js'
import { storeEngagement } from './sinks/store-engagement.js'
import { storeEvents } from './sinks/store-events.js'
import { storeOutcomes } from './sinks/store-outcomes.js'
import { storeSamples } from './sinks/store-samples.js'
import { storeUnused } from './sinks/store-unused.js'

/** What processors are made of; each is opened when the first processor asks for it. */
export interface Parts {
  readonly namespace: string
  readonly windowMs: number
  /** How far clocks of producers may be off, ms. */
  readonly skewMs: number
  warehouse(): Promise<Warehouse>
  redis(): Promise<Redis | Cluster>
  calibrations(): Promise<Iterable<CalibrationPublished>>
  /** Counts rows that a label policy left without a grade. */
  ungraded(reason: string, rows: number): void
}

/** A store that a processor needs beside Kafka. */
export type Need = 'redis' | 'clickhouse'

interface Named {
  readonly name: string
  readonly needs: readonly Need[]
}

export type Processor =
  | (Named & { readonly kind: 'fold'; build(parts: Parts): Promise<Fold> })
  | (Named & { readonly kind: 'sink'; readonly flush: SinkSettings; build(parts: Parts): Promise<Sink> })

const fold = (name: string, build: (parts: Parts) => Promise<Fold> | Fold): Processor => ({
  kind: 'fold',
  name,
  needs: [],
  build: async (parts) => build(parts),
})

/** Few, large inserts suit ClickHouse; Redis serves, so it gets everything at once. */
const toClickHouse: SinkSettings = { flushMs: 500, flushRecords: 20_000 }
const toRedis: SinkSettings = { flushMs: 20, flushRecords: 5_000 }

const stored = (name: string, build: (warehouse: Warehouse) => Sink): Processor => ({
  kind: 'sink',
  name,
  needs: ['clickhouse'],
  flush: toClickHouse,
  build: async (parts) => build(await parts.warehouse()),
})

/** The watermark is announced to the tile counter this many times a window. */
const ANNOUNCEMENTS = 60

export const topology: readonly Processor[] = [
  stored('store-events', (warehouse) => storeEvents(warehouse)),

  fold('join-outcomes', ({ windowMs }) => {
    const thresholds = loadViewThresholds()
    return joinOutcomes({ windowMs, thresholds, announceMs: Math.ceil(windowMs / ANNOUNCEMENTS) })
  }),
  stored('store-outcomes', (warehouse) => storeOutcomes(warehouse)),
  stored('store-unused', (warehouse) => storeUnused(warehouse)),

  fold('count-engagement', ({ windowMs, skewMs }) => countEngagement({ windowMs, skewMs })),
  {
    kind: 'sink',
    name: 'serve-engagement',
    needs: ['redis'],
    flush: toRedis,
    build: async (parts) => serveEngagement(await parts.redis(), parts.namespace),
  },
  stored('store-engagement', (warehouse) => storeEngagement(warehouse)),

  fold('label-samples', async (parts) => {
    const policies = labelPolicyNames().map((name) => loadLabelPolicy(name))
    const calibrations = await parts.calibrations()
    return labelSamples({ policies, calibrations: () => calibrations, ungraded: parts.ungraded.bind(parts) })
  }),
  stored('store-samples', (warehouse) => storeSamples(warehouse)),
  stored('store-calibrations', (warehouse) => storeCalibrations(warehouse)),

  stored('store-dead-letters', (warehouse) => storeDeadLetters(warehouse)),
]

/** The processor of that name, or undefined. */
export const processorNamed = (name: string): Processor | undefined =>
  topology.find((processor) => processor.name === name)
