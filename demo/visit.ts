import type { ResultsShown } from '../schemas/events.js'
import type { CrowdEvent } from './crowd-event.js'
import type { DemoParameters } from './parameters.js'
import { between, type Random } from './random.js'
import { contentRelevance, perceivedRelevance, type DemoQuery, type DemoVideo } from './world.js'

/** One search result page in front of one user. */
export interface Visit {
  requestId: string
  userId: string
  query: DemoQuery
  /** In the order in which they are shown. */
  videos: readonly DemoVideo[]
  variants: Record<string, string>
  shownAt: number
}

/**
 * What a user does with a result page, in the order of its happening: looks from the top down (`byPosition`), clicks on
 * what promises to be relevant, watches by what the video really holds, and mostly leaves after having found something.
 */
export function behave(visit: Visit, p: DemoParameters, random: Random): CrowdEvent[] {
  const known = visit.videos.map(() => random() >= p.videosOf.durationUnknown)
  const events: CrowdEvent[] = [shown(visit, known, random)]
  const watch = (index: number, at: number, autoplay: boolean, play: number) => {
    const video = visit.videos[index]!
    const watchedMs = autoplay ? previewMs(video, random) : watchTimeMs(visit.query, video, p, random)
    const playId = `${visit.requestId}-p${play}`
    events.push(...heartbeats(visit, video, { at, watchedMs, autoplay, playId, durationKnown: known[index]! }, p))
    return at + watchedMs / p.playback.speed
  }

  let now = visit.shownAt
  let plays = 0
  if (random() < p.playback.autoplay) watch(0, now + 100, true, plays++)
  for (const [index, video] of visit.videos.entries()) {
    if (random() >= (p.attention.byPosition[index] ?? 0)) continue
    now += between(random, ...p.attention.readingMs)
    const promise = perceivedRelevance(visit.query, video)
    if (random() >= p.attention.clickAtBest * promise ** Math.log2(p.attention.pickiness)) continue
    events.push(clicked(visit, video, index + 1, Math.round(now)))
    now = watch(index, now, false, plays++)
    if (random() >= p.attention.goesOnAfterWatch) break
  }
  return events
}

function shown(visit: Visit, known: readonly boolean[], random: Random): CrowdEvent {
  const { requestId, userId, query, videos, variants, shownAt } = visit
  const results = videos.map((video, i) => ({
    video_id: video.id,
    position: i + 1,
    duration_ms: known[i] ? video.durationMs : null,
  }))
  const value: ResultsShown = {
    request_id: requestId,
    at: shownAt,
    user_id: userId,
    query: query.text,
    device: random() < 0.8 ? 'phone' : 'desktop',
    results,
    variants,
    model_set: null,
    served_features_at: null,
  }
  return { name: 'ResultsShown', value }
}

const clicked = (visit: Visit, video: DemoVideo, position: number, at: number): CrowdEvent => ({
  name: 'ResultClicked',
  value: { request_id: visit.requestId, at, user_id: visit.userId, video_id: video.id, position },
})

/** Video time until the user has enough: a few seconds, some part, all, or more than all. */
function watchTimeMs(query: DemoQuery, video: DemoVideo, p: DemoParameters, random: Random): number {
  const content = contentRelevance(query, video)
  if (random() < p.playback.bounceAtWorst * (1 - content) ** 1.5) return Math.round(between(random, 500, 6_000))
  // A long video is finished less often than a short one of equal worth.
  if (random() < p.playback.finishAtBest * content * (90_000 / (90_000 + video.durationMs)) ** 0.5) {
    const rounds = random() < p.playback.loops ? between(random, 1, 1.8) : 1
    return Math.round(video.durationMs * rounds)
  }
  return Math.round(video.durationMs * random() ** (1 / (0.3 + 2 * content)) * 0.98)
}

const previewMs = (video: DemoVideo, random: Random): number =>
  Math.round(Math.min(video.durationMs, between(random, 800, 25_000)))

interface Play {
  at: number
  watchedMs: number
  autoplay: boolean
  playId: string
  durationKnown: boolean
}

/** The player reports the time played so far at a steady beat, and once more at the end. */
function heartbeats(visit: Visit, video: DemoVideo, play: Play, p: DemoParameters): CrowdEvent[] {
  const { heartbeatMs, speed } = p.playback
  const beats = Math.floor(play.watchedMs / (heartbeatMs * speed))
  const report = (watchedMs: number): CrowdEvent => ({
    name: 'VideoWatched',
    value: {
      request_id: visit.requestId,
      at: Math.round(play.at + watchedMs / speed),
      user_id: visit.userId,
      video_id: video.id,
      play_id: play.playId,
      watched_ms: watchedMs,
      duration_ms: play.durationKnown ? video.durationMs : null,
      autoplay: play.autoplay,
    },
  })
  return [...Array.from({ length: beats }, (_, i) => report((i + 1) * heartbeatMs * speed)), report(play.watchedMs)]
}
