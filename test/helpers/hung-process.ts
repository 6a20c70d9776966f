/** A process whose child guards itself and then hangs, as in native code that does not end; it says which one that is. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { guardProcess } from '../../models/media/decoder-guard.js'

/** Longer than anybody waits, and not for ever should the guard fail. */
const HANGS_MS = 30_000

if (process.send === undefined) {
  const child = fork(fileURLToPath(import.meta.url))
  child.once('message', () => process.stdout.write(`{"hung":${child.pid}}\n`))
} else {
  guardProcess(process.ppid, 1024)
  process.send('hangs', () => {
    const end = Date.now() + HANGS_MS
    while (Date.now() < end);
  })
}
