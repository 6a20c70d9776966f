/** A video's vectors against one query's, as the article's application layer uses them (§3). */
export interface MatchScores {
  /** Cosines in -1…1; null when the video has no such vector, which is not the same as 0. */
  readonly cover: number | null
  readonly perception: number | null
  readonly frames: number | null
  readonly content: number | null
}

/** A video's vectors; one that is absent or null it does not have. */
export interface Matchable {
  readonly cover?: Float32Array | null
  readonly perception?: Float32Array | null
  readonly frames?: Float32Array | null
  readonly content?: Float32Array | null
}

/** The four match scores: query × cover, × perception, × frames, × content. */
export const matchScores = (query: Float32Array, video: Matchable): MatchScores => ({
  cover: scoreOf(query, video.cover),
  perception: scoreOf(query, video.perception),
  frames: scoreOf(query, video.frames),
  content: scoreOf(query, video.content),
})

const scoreOf = (query: Float32Array, vector: Float32Array | null = null): number | null =>
  vector === null ? null : cosine(query, vector)

/** Cosine of two vectors of one length; 0 when one of them is all zeros. Throws RangeError when lengths differ. */
export function cosine(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) throw new RangeError(`vectors of ${a.length} and ${b.length} values`)
  let [dot, aa, bb] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!
    aa += a[i]! * a[i]!
    bb += b[i]! * b[i]!
  }
  return aa === 0 || bb === 0 ? 0 : dot / Math.sqrt(aa * bb)
}
