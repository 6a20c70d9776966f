import { Worker } from 'node:worker_threads'
import { OUT_OF_MEMORY } from './media-job.js'

/** JavaScript as text, because a thread that is started from TypeScript sources could not read them. */
const guard = `
const { workerData } = require('node:worker_threads')
setInterval(() => {
  if (process.ppid !== workerData.owner) process.kill(process.pid, 'SIGKILL')
  if (process.memoryUsage.rss() > workerData.maxBytes) process.kill(process.pid, workerData.signal)
}, 20)
`

/**
 * Ends this process when it has grown too large or lost its owner. A thread of its own sees to it, because native code
 * may keep the main thread for ever.
 */
export function guardProcess(owner: number, memoryMb: number): void {
  new Worker(guard, { eval: true, workerData: { owner, maxBytes: memoryMb * 2 ** 20, signal: OUT_OF_MEMORY } })
}
