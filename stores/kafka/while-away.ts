import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { TransientError, messageOf } from '../../errors/errors.js'

const awayNames = ['KafkaJSConnectionError', 'KafkaJSConnectionClosedError', 'KafkaJSRequestTimeoutError']
const PAUSE_MS = 500

/** Whether an error of kafkajs only says that no broker answers; it packs the reason several layers deep. */
export function saysAway(error: unknown): boolean {
  if (!(typeof error === 'object' && error !== null)) return false
  const { name, cause, originalError } = error as { name?: string; cause?: unknown; originalError?: unknown }
  return awayNames.includes(name ?? '') || saysAway(cause) || saysAway(originalError)
}

/**
 * Does what needs Kafka, and does it again while no broker answers: a process may be started before its broker, or
 * while that restarts.
 * @throws TransientError KAFKA_UNAVAILABLE when nobody answers for `patienceMs`, the signal's reason, and any other
 * error as it is
 */
export async function whileAway<T>(
  action: () => Promise<T>,
  { logger, signal, patienceMs = 60_000 }: { logger: Logger; signal?: AbortSignal | undefined; patienceMs?: number },
): Promise<T> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    signal?.throwIfAborted()
    try {
      return await action()
    } catch (error) {
      if (!saysAway(error)) throw error
      if (Date.now() > deadline)
        throw new TransientError('KAFKA_UNAVAILABLE', `no broker answers: ${messageOf(error)}`, { cause: error })
      logger.warn({ reason: messageOf(error) }, 'kafka does not answer, waiting')
      await delay(PAUSE_MS)
    }
  }
}
