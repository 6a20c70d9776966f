import type { Admin } from 'kafkajs'

/** Records of these topics that the group has not committed yet; a topic without any commit counts as a whole. */
export const lagOf = async (admin: Admin, groupId: string, topics: readonly string[]): Promise<number> => {
  const committed = await admin.fetchOffsets({ groupId, topics: [...topics] })
  let lag = 0
  for (const { topic, partitions } of committed) {
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      const own = partitions.find((entry) => entry.partition === partition)
      // A group that has committed nothing in a partition answers -1.
      const position = Math.max(Number(own?.offset ?? -1), Number(low))
      lag += Number(high) - position
    }
  }
  return lag
}

/** Waits until a condition holds, and says what it waited for when it never does. A throw counts as "not yet". */
export const until = async (
  what: string,
  condition: () => Promise<boolean>,
  { timeoutMs, trouble }: { timeoutMs: number; trouble?: () => string | undefined },
): Promise<void> => {
  const deadline = Date.now() + timeoutMs
  let last: unknown
  for (;;) {
    const problem = trouble?.()
    if (problem !== undefined) throw new Error(problem)
    try {
      if (await condition()) return
    } catch (error) {
      last = error
    }
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain until ${what}`, { cause: last })
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
