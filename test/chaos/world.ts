import type { Random } from './random.js'

/** Queries that differ in one way only: byte for byte they are all different keys, and stay so in every store. */
export const trickyQueries = [
  '',
  ' ',
  'cat',
  'CAT',
  'cat ',
  ' cat',
  '猫',
  '猫 咪',
  'caf\u00e9',
  'cafe\u0301',
  '🐱👨‍👩‍👧',
  'שלום',
  "it's",
  '"quoted"',
  'back\\slash',
  'tab\there',
  'line\nbreak',
  'nul\u0000byte',
  '100%_',
  '{curly}',
  'null',
  'NULL',
  '\\N',
  '0',
  'a:b',
  'a',
  'b',
  'a|b',
  'x'.repeat(1000),
  // 1,000 characters in 2,000 UTF-16 units and 4,000 bytes: just allowed.
  '😀'.repeat(1000),
]

/** Ids that collide with `trickyQueries` for whoever joins query and video with a separator. */
const trickyVideos = ['c', 'b:c', ':c', 'a:c', '视频-1', 'v 1', "v'1", 'v\\1', 'v{1}']

/** Durations at and beside the thresholds of the outcome rules (7 s, 18 s, 3 s, whole seconds). */
const trickyDurations = [1, 500, 999, 1000, 2999, 3000, 6999, 7000, 7999, 8000, 17_999, 18_000, 18_999, 19_000]

export interface Video {
  id: string
  /** Its real length; what an event says of it may be missing, zero or wrong. */
  durationMs: number
}

export interface World {
  videos: readonly Video[]
  queries: readonly string[]
  users: readonly string[]
}

/** Popular things first: the smaller an index, the more often it is drawn. */
export const popular = <T>(random: Random, from: readonly T[]): T => from[Math.floor(from.length * random.next() ** 3)]!

export const createWorld = (random: Random, requests: number): World => {
  const ids = [...trickyVideos, ...Array.from({ length: Math.max(40, Math.ceil(requests / 40)) }, (_, n) => `v${n}`)]
  const videos = ids.map((id) => ({
    id,
    durationMs: random.chance(0.3)
      ? random.pick(trickyDurations)
      : random.int(2000, 40_000) * random.pick([1, 1, 5, 30]),
  }))
  const queries = Array.from({ length: Math.max(20, Math.ceil(requests / 100)) }, (_, n) => `query ${n}`)
  const users = Array.from({ length: Math.max(5, Math.ceil(requests / 5)) }, (_, n) => `u${n}`)
  return { videos, queries, users }
}
