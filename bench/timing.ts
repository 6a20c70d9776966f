/** How long an action takes. */
export async function secondsOf(action: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now()
  await action()
  return (performance.now() - startedMs) / 1000
}

/** CPU seconds of this process, all its threads, while an action runs: other programs on the machine matter less. */
export async function cpuSecondsOf(action: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await action()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

/** The value below which a share of them lies. */
export const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]!

export const median = (values: readonly number[]): number => quantile(values, 0.5)
