/** Batches of varying sizes through the text model of a set; says after each tenth how much memory it holds. */
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { randomOf, type Random } from '../../demo/random.js'
import type { ModelSet } from '../../models/sets/open-set.js'
import { openBenchSet } from '../models/open-bench-set.js'

export interface BatchesArguments {
  readonly way: 'ours' | 'bare'
  readonly batches: number
  readonly seed: number
}

export interface BatchesMessage {
  readonly done: number
  readonly rssMb: number
}

const MAX_ROWS = 16

const { way, batches, seed } = JSON.parse(process.argv[2]!) as BatchesArguments
const set = await openBenchSet({ batchSize: MAX_ROWS, batchDelayMs: 0 })
const run = way === 'ours' ? ours(set) : await bare(set)
const random = randomOf(seed)
for (let done = 1; done <= batches; done++) {
  await run(Array.from({ length: 1 + Math.floor(random() * MAX_ROWS) }, () => randomIds(random, longest(set))))
  if (done % Math.ceil(batches / 10) === 0 || done === batches) say(done)
}
await set.close()
process.disconnect()

function say(done: number): void {
  ;(globalThis as { gc?: () => void }).gc?.()
  const message: BatchesMessage = { done, rssMb: process.memoryUsage().rss / 2 ** 20 }
  process.send!(message)
}

/** Rows that come together, as the product takes them. */
function ours({ models }: ModelSet): (rows: readonly BigInt64Array[]) => Promise<unknown> {
  return (rows) => Promise.all(rows.map((ids) => models.document.answerWhenFree({ ids })))
}

/** One batch of whatever shape it has. */
async function bare({ folder, manifest }: ModelSet): Promise<(rows: readonly BigInt64Array[]) => Promise<unknown>> {
  const session = await InferenceSession.create(join(folder, manifest.models.document.file), { intraOpNumThreads: 1 })
  return (rows) => {
    const width = Math.max(...rows.map(({ length }) => length))
    const data = new BigInt64Array(rows.length * width)
    rows.forEach((ids, row) => data.set(ids, row * width))
    return session.run({ ids: new Tensor('int64', data, [rows.length, width]) })
  }
}

function longest({ manifest }: ModelSet): number {
  return Math.max(...Object.values(manifest.tokenizer.max_tokens))
}

function randomIds(next: Random, most: number): BigInt64Array {
  return BigInt64Array.from({ length: 1 + Math.floor(next() * most) }, () => 1n)
}
