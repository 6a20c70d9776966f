import type { Random } from '../random.js'

/** Draws items, each with a chance in proportion to its weight. Throws RangeError when there is nothing to draw. */
export function weighted<Item extends { readonly weight: number }>(items: readonly Item[]): (random: Random) => Item {
  let total = 0
  const ends = items.map(({ weight }) => (total += weight))
  if (!(total > 0)) throw new RangeError('nothing to draw from: there must be a positive weight')
  return (random) => {
    const drawn = random() * total
    let [low, high] = [0, ends.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (ends[middle]! > drawn) high = middle
      else low = middle + 1
    }
    return items[low]!
  }
}
