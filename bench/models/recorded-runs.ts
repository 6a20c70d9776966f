import { InferenceSession, Tensor, type OnnxValue } from 'onnxruntime-node'

type Feeds = Readonly<Record<string, OnnxValue>>
type Run = (this: InferenceSession, feeds: Feeds, ...more: unknown[]) => Promise<unknown>

const prototype = (InferenceSession as unknown as { prototype: { run: Run } }).prototype

/** What somebody has handed to onnxruntime-node: the same sessions on the same tensors, without all around them. */
export async function recordRuns(action: () => Promise<unknown>): Promise<(() => Promise<unknown>)[]> {
  const calls: (() => Promise<unknown>)[] = []
  const { run } = prototype
  prototype.run = function (feeds, ...more) {
    const kept = copied(feeds)
    calls.push(() => run.call(this, kept, ...more))
    return run.call(this, feeds, ...more)
  }
  try {
    await action()
  } finally {
    prototype.run = run
  }
  return calls
}

/** The owner of a tensor may fill it anew for its next batch. */
function copied(feeds: Feeds): Feeds {
  const copy = ([name, value]: [string, OnnxValue]): [string, OnnxValue] => {
    const { type, data, dims } = value
    return [name, new Tensor(type, data.slice(), dims)]
  }
  return Object.fromEntries(Object.entries(feeds).map(copy))
}
