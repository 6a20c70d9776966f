import { InferenceSession } from 'onnxruntime-node'

type Run = (this: InferenceSession, ...args: unknown[]) => Promise<unknown>

const prototype = (InferenceSession as unknown as { prototype: { run: Run } }).prototype

/** What somebody has handed to onnxruntime-node: the same sessions on the same tensors, without all around them. */
export async function recordRuns(action: () => Promise<unknown>): Promise<(() => Promise<unknown>)[]> {
  const calls: (() => Promise<unknown>)[] = []
  const { run } = prototype
  prototype.run = function (...args) {
    calls.push(() => run.apply(this, args))
    return run.apply(this, args)
  }
  try {
    await action()
  } finally {
    prototype.run = run
  }
  return calls
}
