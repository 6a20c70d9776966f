import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { BenchOptions } from '../options.js'
import { showProgress } from '../progress.js'
import { count, printTable } from '../report.js'
import type { BatchesArguments, BatchesMessage } from '../contestants/batches.js'

interface Growth {
  /** Resident memory after a tenth of the batches, and after all, MB. */
  readonly earlyMb: number
  readonly lateMb: number
}

export interface MemoryReport {
  readonly batches: number
  readonly ours: Growth
  readonly bare: Growth
}

/** Batches of varying sizes and lengths through a text model, each way in a process of its own. */
export async function benchMemory({ batches, seed }: BenchOptions): Promise<MemoryReport> {
  const ours = await growthOf({ way: 'ours', batches, seed })
  const bare = await growthOf({ way: 'bare', batches, seed })
  const row = (name: string, { earlyMb, lateMb }: Growth): string[] => [
    ...[name, count(earlyMb), count(lateMb)],
    (lateMb / earlyMb).toFixed(2),
  ]
  printTable(
    [`${count(batches)} batches`, 'MB after a tenth', 'MB at the end', 'end / tenth'],
    [row('Kinora', ours), row('bare onnxruntime, any shape', bare)],
  )
  return { batches, ours, bare }
}

async function growthOf(given: BatchesArguments): Promise<Growth> {
  const script = fileURLToPath(new URL('../contestants/batches.js', import.meta.url))
  const child = fork(script, [JSON.stringify(given)], { execArgv: ['--expose-gc'] })
  const progress = showProgress(given.way, given.batches)
  const taken: number[] = []
  child.on('message', ({ done, rssMb }: BatchesMessage) => {
    progress.at(done)
    taken.push(rssMb)
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  progress.done()
  if (code !== 0 || taken.length < 10)
    throw new Error(`the process with ${given.way} batches ended with ${code ?? 'a signal'}`)
  return { earlyMb: taken[0]!, lateMb: taken.at(-1)! }
}
