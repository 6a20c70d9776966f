/** The next number in [0, 1) of a sequence that its seed decides. */
export type Random = () => number

/** A sequence for these seeds: the same seeds, the same sequence; another part, an unrelated one. */
export function randomOf(...seeds: (string | number)[]): Random {
  let state = hash(...seeds)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A 32-bit hash of the parts (FNV-1a with a final mix). */
export function hash(...parts: (string | number)[]): number {
  let h = 0x811c9dc5
  const text = parts.join('\u0000')
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

export const between = (random: Random, min: number, max: number): number => min + random() * (max - min)

/** Anything of a range, all of it alike. */
export const within = (random: Random, { min, max }: { readonly min: number; readonly max: number }): number =>
  between(random, min, max)

export const pick = <Item>(random: Random, items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!

/** Waiting time until the next of events that come independently at this rate. */
export const untilNext = (random: Random, meanMs: number): number => -Math.log(1 - random()) * meanMs

export function shuffled<Item>(random: Random, items: readonly Item[]): Item[] {
  const result = [...items]
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[result[i], result[j]] = [result[j]!, result[i]!]
  }
  return result
}

/** Draws indices below `size`, the n-th with a chance in proportion to 1 / n^exponent. */
export function zipf(size: number, exponent: number): (random: Random) => number {
  const cumulative: number[] = []
  let total = 0
  for (let n = 1; n <= size; n++) cumulative.push((total += n ** -exponent))
  return (random) => firstAbove(cumulative, random() * total)
}

function firstAbove(ascending: readonly number[], value: number): number {
  let [low, high] = [0, ascending.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (ascending[middle]! > value) high = middle
    else low = middle + 1
  }
  return low
}
