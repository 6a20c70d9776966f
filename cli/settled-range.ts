import type { Admin } from 'kafkajs'
import { KinoraError } from '../errors/errors.js'
import type { TimeRange } from '../stores/clickhouse/time-range.js'
import { retryRetriable } from '../stores/kafka/retry-retriable.js'
import { readJoinerProgress } from '../streams/account.js'
import { awaitProcessed } from '../streams/runtime/progress.js'
import { groupName, topicName, topics, type Topic } from '../streams/topics.js'
import type { CommandContext } from './context.js'

/** What has to be stored before raw events and outcomes can be compared. */
const stores: readonly { readonly name: string; readonly reads: readonly Topic[] }[] = [
  { name: 'store-events', reads: [topics.impressions, topics.clicks, topics.watches] },
  { name: 'store-outcomes', reads: [topics.outcomes] },
  { name: 'store-unused', reads: [topics.unused] },
]

/** Stores are seconds behind at most; one that does not move for this long is not running. */
const PATIENCE_MS = 30_000

/**
 * The part of a range whose windows have closed and whose records and outcomes are all stored: waits for the stores,
 * and cuts off what is still open, which `tell` hears of. Without a Kafka nothing is under way, and all of it is.
 */
export async function settledRange(
  context: Pick<CommandContext, 'config' | 'connect' | 'signal'>,
  shown: TimeRange,
  tell: (text: string) => void,
): Promise<TimeRange> {
  const config = context.config()
  const connections = await context.connect(config, ['kafka']).catch(unlessNowhere)
  if (!connections) return shown
  const admin = connections.kafka().admin()
  await admin.connect()
  try {
    const { watermarks } = await retryRetriable(() => readJoinerProgress(admin, config.namespace))
    if (watermarks.length === 0) return shown
    // A window [shown_at, shown_at + window) is closed when the watermark is at its end.
    const closedBefore = Math.max(0, Math.min(...watermarks) - config.time.windowMs + 1)
    await storesHaveAll(admin, config.namespace, context.signal, tell)
    if (shown.to !== null && shown.to <= closedBefore) return shown
    tell(`windows of requests shown from ${timeText(closedBefore)} on may still be open: they are left out`)
    return { from: shown.from, to: Math.max(closedBefore, shown.from ?? 0) }
  } finally {
    await admin.disconnect()
  }
}

/** A watermark that ends an input may be later than any date. */
const timeText = (epochMs: number): string => (epochMs > 8.64e15 ? String(epochMs) : new Date(epochMs).toISOString())

function unlessNowhere(error: unknown): undefined {
  if (error instanceof KinoraError && error.code === 'STACK_FAILED') return undefined
  throw error
}

async function storesHaveAll(
  admin: Admin,
  namespace: string,
  interrupt: AbortSignal,
  tell: (text: string) => void,
): Promise<void> {
  for (const { name, reads } of stores) {
    const patience = AbortSignal.timeout(PATIENCE_MS)
    const names = reads.map((topic) => topicName(namespace, topic))
    let behind = 0
    try {
      const signal = AbortSignal.any([interrupt, patience])
      await awaitProcessed(admin, groupName(namespace, name), names, { signal, onProgress: (left) => (behind = left) })
    } catch (error) {
      if (interrupt.aborted || !patience.aborted) throw error
      tell(`${name} is ${behind} records behind and seems not to run: what it has not stored is missing here`)
    }
  }
}
