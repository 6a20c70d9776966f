import { setTimeout as delay } from 'node:timers/promises'

export interface UntilOptions {
  readonly withinMs?: number
  readonly everyMs?: number
}

/** Asks again and again until there is an answer that is not undefined or false; tests wait for conditions, not times. */
export async function until<Answer>(
  ask: () => Answer | undefined | false | Promise<Answer | undefined | false>,
  { withinMs = 30_000, everyMs = 20 }: UntilOptions = {},
): Promise<Answer> {
  const deadline = Date.now() + withinMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    if (Date.now() > deadline) throw new Error(`no answer within ${withinMs} ms: ${ask.toString().slice(0, 200)}`)
    await delay(everyMs)
  }
}
