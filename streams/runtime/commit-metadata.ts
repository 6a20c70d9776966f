import { z } from 'zod'
import { verdicts } from './verdict.js'

/**
 * What the offset metadata of one input partition remembers beside the offset (docs/guarantees.md).
 * Kafka stores it with the offset, in the same transaction as the outputs.
 */
export interface CommitMetadata {
  /** The first record that a rebuild must read. */
  rebuildOffset: number
  /** The largest event time read; -Infinity for none. */
  maxAt: number
  /** What a watermark record promised; -Infinity for nothing. */
  asserted: number
  /** The watermark up to which windows were emitted; -Infinity before the first. */
  watermark: number
  /** What became of the input's records so far, in the order of `verdicts`. */
  counts: readonly number[]
  /** What the fold itself needs. */
  saved: string
  /** The fold's `rules` under which all this is so. */
  rules: string
}

/** Times are null for -Infinity, which JSON cannot say. */
const time = z.number().int().nullable()
const Wire = z.strictObject({
  v: z.literal(1),
  r: z.number().int().nonnegative(),
  a: time,
  t: time,
  w: time,
  n: z.array(z.number().int().nonnegative()).length(verdicts.length),
  s: z.string(),
  k: z.string(),
})

const out = (value: number): number | null => (value === -Infinity ? null : value)
const back = (value: number | null): number => value ?? -Infinity

export function encodeMetadata(metadata: CommitMetadata): string {
  const { rebuildOffset, maxAt, asserted, watermark, counts, saved, rules } = metadata
  return JSON.stringify({
    v: 1,
    r: rebuildOffset,
    a: out(maxAt),
    t: out(asserted),
    w: out(watermark),
    n: [...counts],
    s: saved,
    k: rules,
  } satisfies z.input<typeof Wire>)
}

/** undefined when the text is not ours: an offset committed by somebody else. */
export function decodeMetadata(text: string | null | undefined): CommitMetadata | undefined {
  const parsed = Wire.safeParse(parseJson(text))
  if (!parsed.success) return undefined
  const { r, a, t, w, n, s, k } = parsed.data
  return { rebuildOffset: r, maxAt: back(a), asserted: back(t), watermark: back(w), counts: n, saved: s, rules: k }
}

function parseJson(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}
