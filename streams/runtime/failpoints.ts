import { FatalError } from '../../errors/errors.js'

/** Places where a test can make this process die at once, as `kill -9` would. */
export const failpointNames = [
  'after-fence',
  'in-rebuild',
  'before-commit',
  'in-transaction',
  'after-send-offsets',
] as const
export type Failpoint = (typeof failpointNames)[number]

/** Called by the runtime at each of its failpoints. */
export type Failpoints = (name: Failpoint) => void

export const noFailpoints: Failpoints = () => undefined

/**
 * Dies by SIGKILL the n-th time that a named point is passed (`KINORA_FAILPOINTS=in-rebuild:1`).
 * @throws FatalError CONFIG_INVALID for a name that no failpoint has
 */
export function dieAt(points: ReadonlyMap<string, number>): Failpoints {
  const names: readonly string[] = failpointNames
  const unknown = [...points.keys()].filter((name) => !names.includes(name))
  if (unknown.length > 0)
    throw new FatalError('CONFIG_INVALID', `KINORA_FAILPOINTS: ${unknown.join(', ')}; there are ${names.join(', ')}`)
  const left = new Map(points)
  return (name) => {
    const count = left.get(name)
    if (count === undefined) return
    if (count > 1) left.set(name, count - 1)
    else process.kill(process.pid, 'SIGKILL')
  }
}
