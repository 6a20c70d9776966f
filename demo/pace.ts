import { setTimeout as sleep } from 'node:timers/promises'
import type { CrowdRecord } from './crowd-event.js'

const MOST_AT_ONCE = 500

export interface PaceOptions {
  /** Resolves when the brokers have the records. */
  send: (records: readonly CrowdRecord[]) => Promise<void>
  /** Epoch ms. */
  now?: () => number
  signal?: AbortSignal
}

/**
 * Sends each record when its time has come. While one send is under way the next records gather; if sending
 * falls behind, they leave together, later than meant and in order. Returns early when the signal aborts.
 */
export async function sendOnTime(
  records: Iterable<CrowdRecord>,
  { send, now = Date.now, signal }: PaceOptions,
): Promise<void> {
  let due: CrowdRecord[] = []
  for (const record of records) {
    while (record.sendAt > now()) {
      if (signal?.aborted) return
      if (due.length > 0) {
        await send(due)
        due = []
      } else {
        await sleep(Math.min(50, Math.max(1, record.sendAt - now())))
      }
    }
    due.push(record)
    if (due.length === MOST_AT_ONCE) {
      await send(due)
      due = []
    }
  }
  if (due.length > 0 && !signal?.aborted) await send(due)
}
