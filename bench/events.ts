import { between, hash, pick, randomOf, untilNext, zipf, type Random } from '../demo/random.js'
import type { Events, ResultsShown } from '../schemas/events.js'
import { topics, type Topic } from '../streams/topics.js'

type BehaviorName = 'ResultsShown' | 'ResultClicked' | 'VideoWatched'

/** An event with the topic it goes to. */
export type LogEvent<Name extends BehaviorName = BehaviorName> = {
  [One in Name]: { readonly topic: Topic<One>; readonly value: Events[One] }
}[Name]

export interface BehaviorLogOptions {
  readonly events: number
  readonly seed: number
  /** Event time of the first request, epoch ms. */
  readonly startAt: number
  /** Mean event time between two requests. */
  readonly gapMs: number
}

/** At this pace a million events take nine hours of event time, 18 windows of half an hour. */
export const GAP_MS = 600
export const START_AT = Date.UTC(2026, 0, 5)
/** Records of one request, on average: the gap and the number of events decide how many requests are open. */
export const EVENTS_PER_REQUEST = 18

const RESULTS = 10
const HEARTBEAT_MS = 5_000
const LONGEST_DELAY_MS = 20_000

interface Arrival {
  readonly at: number
  readonly event: LogEvent
}

/**
 * Behavior events in the order in which a network would deliver them; the same seed, the same events.
 *
 * Per request one impression record with ten videos, a few clicks, and a heartbeat every 5 s of each play. One reaction
 * in a hundred comes twice, and events are up to 20 s late: far less than the allowed out-of-orderness, so that none
 * is lost and every implementation must come to the same outcomes.
 */
export function* behaviorLog({ events, seed, startAt, gapMs }: BehaviorLogOptions): Generator<LogEvent> {
  const random = randomOf('behavior log', seed)
  const world = worldOf(random)
  const waiting: Arrival[] = []
  let left = events
  for (let number = 0, shownAt = startAt; left > 0; number++, shownAt += Math.ceil(untilNext(random, gapMs))) {
    waiting.push(...arrivals(random, requestEvents(random, world, seed, number, shownAt)))
    if (number % 1_000 < 999) continue
    waiting.sort((a, b) => a.at - b.at)
    const arrived = waiting.findIndex(({ at }) => at > shownAt)
    for (const { event } of waiting.splice(0, arrived)) if (left-- > 0) yield event
  }
}

interface World {
  query(): string
  videos(query: string): string[]
  durationMs(video: string): number | null
}

const words = ['红烧肉', '做法', '健身', '新手', '吉他', '教学', '旅行', '攻略', '猫咪', '搞笑', '手机', '测评']

/** Few queries are asked often, and each finds its own 40 videos. */
function worldOf(random: Random): World {
  const rank = zipf(5_000, 0.9)
  return {
    query: () => {
      const n = rank(random)
      return `${words[n % 12]!}${words[(n + 5) % 11]!} ${n}`
    },
    videos: (query) => {
      const first = Math.floor(random() * 40)
      return Array.from({ length: RESULTS }, (_, i) => `video-${hash(query, (first + i) % 40).toString(36)}`)
    },
    durationMs: (video) => (hash(video, 'known') % 20 === 0 ? null : 5_000 + (hash(video) % 175_000)),
  }
}

function requestEvents(random: Random, world: World, seed: number, number: number, shownAt: number): LogEvent[] {
  const query = world.query()
  const videos = world.videos(query)
  const shown: ResultsShown = {
    request_id: `request-${seed}-${hash(seed, number).toString(16)}-${number}`,
    at: shownAt,
    user_id: `user-${Math.floor(random() * 200_000)}`,
    query,
    device: pick(random, ['ios', 'android', 'web']),
    results: videos.map((video_id, i) => ({ video_id, position: i + 1, duration_ms: world.durationMs(video_id) })),
    variants: { ranker: pick(random, ['control', 'fusion']), layout: pick(random, ['list', 'grid']) },
    model_set: 'demo-v1',
    served_features_at: shownAt - 1_000,
  }
  const reactions = videos.flatMap((_, index) => reactionsTo(random, shown, index))
  return [{ topic: topics.impressions, value: shown }, ...reactions]
}

/** The user looks at the results from top to bottom, clicks some and watches those; the first may play by itself. */
function reactionsTo(random: Random, shown: ResultsShown, index: number): LogEvent[] {
  const { request_id, user_id } = shown
  const { video_id, position } = shown.results[index]!
  const lookedAt = shown.at + 1_000 + index * Math.floor(between(random, 500, 3_000))
  if (index === 0 && random() < 0.2) return watches(random, shown, index, lookedAt, true)
  if (random() >= 0.32 / (1 + index / 2.5)) return []
  const click = { request_id, at: lookedAt, user_id, video_id, position }
  return [{ topic: topics.clicks, value: click }, ...watches(random, shown, index, lookedAt + 400, false)]
}

function watches(random: Random, shown: ResultsShown, index: number, startAt: number, autoplay: boolean): LogEvent[] {
  const { request_id, user_id } = shown
  const { video_id, duration_ms } = shown.results[index]!
  const watchedMs = Math.floor((duration_ms ?? 60_000) * Math.min(1, 1.1 * random()))
  const beats = Math.min(30, Math.ceil(watchedMs / HEARTBEAT_MS))
  return Array.from({ length: beats }, (_, beat) => {
    const watched_ms = Math.min(watchedMs, (beat + 1) * HEARTBEAT_MS)
    const play_id = `${request_id}-${index}`
    const value = {
      request_id,
      at: startAt + watched_ms,
      user_id,
      video_id,
      play_id,
      watched_ms,
      duration_ms,
      autoplay,
    }
    return { topic: topics.watches, value }
  })
}

function arrivals(random: Random, events: readonly LogEvent[]): Arrival[] {
  const arrival = (event: LogEvent): Arrival => ({
    at: event.value.at + Math.min(LONGEST_DELAY_MS, untilNext(random, 500)),
    event,
  })
  return events.flatMap((event) =>
    event.topic.name !== topics.impressions.name && random() < 0.01
      ? [arrival(event), arrival(event)]
      : [arrival(event)],
  )
}

/** The key of a behavior event. */
export const keyOf = ({ value }: LogEvent): string => value.request_id
