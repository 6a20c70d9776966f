import { setTimeout as delay } from 'node:timers/promises'

const PATIENCE_MS = 30_000
const PAUSE_MS = 100

/**
 * Asks Kafka again while it answers that a later try may succeed: a broker that has just started still loads the
 * coordinators of its groups, and kafkajs' admin client hands that answer on instead of waiting. Throws the last answer.
 */
export async function retryRetriable<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof Error && 'retriable' in error && error.retriable === true) || Date.now() > deadline)
        throw error
      await delay(PAUSE_MS)
    }
  }
}
