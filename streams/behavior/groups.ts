/** A record of grouped items stays far below the message limit of its topic, and of one request to the broker. */
const GROUP_BYTES = 400_000

/** Cuts items into groups, in order, by the most bytes that each can take when it is written. */
export function groupsOf<T>(items: readonly T[], bytesOf: (item: T) => number): T[][] {
  const groups: T[][] = []
  let room = 0
  for (const item of items) {
    const bytes = bytesOf(item)
    if (groups.length === 0 || bytes > room) {
      groups.push([])
      room = GROUP_BYTES
    }
    groups.at(-1)!.push(item)
    room -= bytes
  }
  return groups
}

/** UTF-8 takes at most three bytes a UTF-16 unit. */
export const textBytes = (text: string): number => 3 * text.length
