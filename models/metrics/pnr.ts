/** Pairs of one query (or a sum over queries) whose labels differ, by what the scores say of them. */
export interface PairCounts {
  /** The higher label has the higher score. */
  readonly positive: number
  /** The higher label has the lower score. */
  readonly negative: number
  /** Both have the same score. */
  readonly tied: number
}

export const noPairs: PairCounts = { positive: 0, negative: 0, tied: 0 }

/**
 * Counts the pairs of one query: every pair of different labels, whatever their gap, counts once. O(n log n).
 *
 * @param labels one number a document
 * @param scores one number a document, in the same order; the higher, the better
 * @throws RangeError when the lengths differ
 */
export function countPairs(labels: readonly number[], scores: readonly number[]): PairCounts {
  if (labels.length !== scores.length) throw new RangeError(`${labels.length} labels and ${scores.length} scores`)
  const grades = [...new Set(labels)].sort((a, b) => a - b)
  const gradeOf = new Map(grades.map((label, grade) => [label, grade]))
  const lower = new PrefixCounts(grades.length)
  let [positive, negative, tied] = [0, 0, 0]
  for (const block of blocksOfEqualScore(scores)) {
    const inBlock = new Map<number, number>()
    for (const document of block) {
      const grade = gradeOf.get(labels[document]!)!
      positive += lower.below(grade)
      negative += lower.total - lower.below(grade + 1)
      inBlock.set(grade, (inBlock.get(grade) ?? 0) + 1)
    }
    const alike = [...inBlock.values()].reduce((sum, count) => sum + pairsOf(count), 0)
    tied += pairsOf(block.length) - alike
    for (const [grade, count] of inBlock) lower.add(grade, count)
  }
  return { positive, negative, tied }
}

/** The sum over queries. */
export const addPairs = (a: PairCounts, b: PairCounts): PairCounts => ({
  positive: a.positive + b.positive,
  negative: a.negative + b.negative,
  tied: a.tied + b.tied,
})

/**
 * The positive-negative ratio, ties half to each side: (P + T/2) / max(1, N + T/2), over the pairs of all queries
 * together (the form of Tencent's CBVS-UniCLIP evaluation). A random order has 1.
 */
export const pnr = ({ positive, negative, tied }: PairCounts): number =>
  (positive + tied / 2) / Math.max(1, negative + tied / 2)

/** The share of pairs in the right order, ties half: (P + T/2) / (P + N + T); null without pairs. */
export function pairAccuracy({ positive, negative, tied }: PairCounts): number | null {
  const pairs = positive + negative + tied
  return pairs === 0 ? null : (positive + tied / 2) / pairs
}

const pairsOf = (count: number): number => (count * (count - 1)) / 2

/** Documents of equal score together, lowest score first. */
export function* blocksOfEqualScore(scores: readonly number[]): Generator<number[]> {
  const order = scores.map((_, document) => document).sort((a, b) => scores[a]! - scores[b]!)
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) to++
    yield order.slice(from, to)
  }
}

/** How many of the numbers added so far lie below one (a Fenwick tree). */
class PrefixCounts {
  total = 0
  private readonly tree: Float64Array

  constructor(size: number) {
    this.tree = new Float64Array(size + 1)
  }

  add(value: number, count: number): void {
    this.total += count
    for (let i = value + 1; i < this.tree.length; i += i & -i) this.tree[i]! += count
  }

  below(value: number): number {
    let sum = 0
    for (let i = value; i > 0; i -= i & -i) sum += this.tree[i]!
    return sum
  }
}
