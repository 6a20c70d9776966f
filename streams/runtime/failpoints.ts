/** Places where a test can make this process die at once, as `kill -9` would. */
export type Failpoint = 'before-commit' | 'in-transaction' | 'after-send-offsets' | 'in-rebuild' | 'after-fence'

/** Called by the runtime at each of its failpoints. */
export type Failpoints = (name: Failpoint) => void

export const noFailpoints: Failpoints = () => undefined

/** Dies by SIGKILL the n-th time that a named point is passed (`KINORA_FAILPOINTS=in-rebuild:1`). */
export function dieAt(points: ReadonlyMap<string, number>): Failpoints {
  const left = new Map(points)
  return (name) => {
    const count = left.get(name)
    if (count === undefined) return
    if (count > 1) left.set(name, count - 1)
    else process.kill(process.pid, 'SIGKILL')
  }
}
