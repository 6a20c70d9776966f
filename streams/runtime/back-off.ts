/** Waits before the next attempt: twice as long each time up to 10 s, with jitter so that many do not return at once. */
export const backOff = (attempt: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, backOffMs(attempt, Math.random())))

/** @param chance in [0, 1) */
export const backOffMs = (attempt: number, chance: number): number =>
  Math.min(10_000, 100 * 2 ** attempt) * (0.5 + chance / 2)
