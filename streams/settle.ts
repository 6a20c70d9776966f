import type { Admin } from 'kafkajs'
import { readJoinerProgress } from './account.js'
import type { RunningStream } from './runtime/fold-runner.js'
import { awaitProcessed } from './runtime/progress.js'
import { groupName, topicName } from './topics.js'

export interface SettleOptions {
  readonly admin: Admin
  readonly namespace: string
  /** In flow order. */
  readonly streams: readonly Pick<RunningStream, 'name' | 'reads'>[]
  /** Every window that ends at or before this is closed before the wait is over. */
  readonly watermark: number
  readonly signal?: AbortSignal
  /** Hears of which stream is waited for, and how many records it still has to process. */
  readonly onProgress?: (stream: string, left: number) => void
}

/**
 * Waits until everything that was sent is processed, the windows are closed, and all stores have what came of it:
 * stream by stream in flow order, so that what one waits for, the one before it has finished writing.
 */
export async function settle(options: SettleOptions): Promise<void> {
  const { admin, namespace, streams, watermark, signal, onProgress } = options
  for (const { name, reads } of streams) {
    const names = reads.map((topic) => topicName(namespace, topic))
    await awaitProcessed(admin, groupName(namespace, name), names, {
      ...(signal && { signal }),
      ...(onProgress && { onProgress: (left) => onProgress(name, left) }),
    })
    if (name === 'join-outcomes') await awaitWatermark(options, watermark)
  }
}

async function awaitWatermark({ admin, namespace, signal }: SettleOptions, watermark: number): Promise<void> {
  for (;;) {
    signal?.throwIfAborted()
    const { watermarks } = await readJoinerProgress(admin, namespace)
    if (watermarks.length > 0 && watermarks.every((reached) => reached >= watermark)) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
