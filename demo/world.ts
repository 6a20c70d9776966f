import type { VideoUploaded } from '../schemas/events.js'
import type { DemoParameters, RankerWeights } from './parameters.js'
import { between, hash, pick, randomOf, shuffled, type Random } from './random.js'
import { baitHooks, categories, plainHooks, type Category } from './words.js'

/** A video with what users can and cannot see of it. */
export interface DemoVideo {
  id: string
  category: Category
  topic: string
  aspect: string
  title: string
  accountId: string
  accountName: string
  durationMs: number
  /** How well it treats its subject, 0 to 1: known only to those who watch. */
  quality: number
  /** How much its title and cover promise beyond that, 0 to 1: seen by all. */
  bait: number
  /** When it is uploaded, from the start of the run. */
  uploadedAfterMs: number
}

export interface DemoQuery {
  text: string
  category: Category
  topic: string
  aspects: readonly string[]
}

/** The videos, and the queries from the most to the least asked. */
export interface World {
  videos: readonly DemoVideo[]
  queries: readonly DemoQuery[]
}

export function createWorld(p: DemoParameters): World {
  return {
    videos: Array.from({ length: p.videos }, (_, n) => createVideo(n, p)),
    queries: createQueries(randomOf(p.seed, 'queries')),
  }
}

function createVideo(n: number, p: DemoParameters): DemoVideo {
  const random = randomOf(p.seed, 'video', n)
  const category = categories[n % categories.length]!
  const topic = pick(random, category.topics)
  const aspect = pick(random, category.aspects)
  const accountName = pick(random, category.accounts)
  const bait = random()
  const atStart = random() < p.videosOf.uploadedAtStart
  return {
    id: `v${String(n).padStart(4, '0')}`,
    category,
    topic,
    aspect,
    title: `${topic}${aspect},${pick(random, bait > 0.7 ? baitHooks : plainHooks)}`,
    accountId: `a${hash(accountName).toString(36)}`,
    accountName,
    durationMs: Math.round(p.videosOf.minMs * (p.videosOf.maxMs / p.videosOf.minMs) ** random()),
    quality: random(),
    bait,
    uploadedAfterMs: atStart ? 0 : Math.round(between(random, 0, p.durationMs)),
  }
}

/** Bare subjects are asked most, then one aspect, then two. */
function createQueries(random: Random): DemoQuery[] {
  const subjects = categories.flatMap((category) => category.topics.map((topic) => ({ category, topic })))
  const withAspects = (many: (category: Category) => string[][]) =>
    subjects.flatMap(({ category, topic }) =>
      many(category).map((aspects) => ({ category, topic, aspects, text: [topic, ...aspects].join(' ') })),
    )
  const pairs = ({ aspects }: Category) => aspects.flatMap((a) => aspects.filter((b) => b !== a).map((b) => [a, b]))
  return [
    ...shuffled(
      random,
      withAspects(() => [[]]),
    ),
    ...shuffled(
      random,
      withAspects(({ aspects }) => aspects.map((a) => [a])),
    ),
    ...shuffled(random, withAspects(pairs)),
  ]
}

/** How well the video's subject is what was asked, 0 to 1. */
function match(query: DemoQuery, video: DemoVideo): number {
  if (query.category !== video.category) return 0
  if (query.topic !== video.topic) return 0.15
  return query.aspects.length === 0 ? 0.9 : query.aspects.includes(video.aspect) ? 1 : 0.6
}

/** What a user gets who watches it, 0 to 1. */
export const contentRelevance = (query: DemoQuery, video: DemoVideo): number =>
  match(query, video) * (0.2 + 0.8 * video.quality)

/** What a user expects who sees title and cover, 0 to 1. */
export const perceivedRelevance = (query: DemoQuery, video: DemoVideo): number =>
  match(query, video) * (0.2 + 0.4 * video.quality + 0.4 * video.bait)

/** The best candidates as a ranker with these weights orders them; a query's order never changes. */
export function rank(query: DemoQuery, videos: readonly DemoVideo[], weights: RankerWeights): DemoVideo[] {
  const score = (video: DemoVideo) =>
    weights.content * contentRelevance(query, video) +
    weights.perceived * perceivedRelevance(query, video) +
    weights.chance * match(query, video) * (hash(query.text, video.id) / 2 ** 32)
  return videos
    .filter((video) => video.category === query.category)
    .map((video) => ({ video, score: score(video) }))
    .sort((a, b) => b.score - a.score)
    .map(({ video }) => video)
}

/** The upload event of a video. */
export const uploadOf = (video: DemoVideo, startMs: number): VideoUploaded => ({
  video_id: video.id,
  at: startMs + video.uploadedAfterMs,
  title: video.title,
  account_id: video.accountId,
  account_name: video.accountName,
  cover_uri: null,
  media_uri: null,
  duration_ms: video.durationMs,
  deleted: false,
})
