import type { ResultsShown } from '../../schemas/events.js'
import type { WorldEvent } from '../../models/world/read-events.js'
import { within, type Random } from '../random.js'
import { contentGrade, perceivedGrade } from './grades.js'
import { worldParameters } from './parameters.js'
import type { WorldQuery } from './queries.js'
import type { WorldVideo } from './video.js'

/** One result page before one user. */
export interface Visit {
  readonly requestId: string
  readonly userId: string
  readonly query: WorldQuery
  /** In the order in which they are shown. */
  readonly videos: readonly WorldVideo[]
  readonly at: number
}

/**
 * What a user does with a result page: looks from the top down, clicks by what is promised, watches by what is held, and
 * goes on or leaves. The first result may play by itself. Chances are those of `worldParameters.users`.
 */
export function visitUser(visit: Visit, random: Random): WorldEvent[] {
  const { byPosition, readingMs, clickByPerceived, goesOnAfterWatch, autoplay } = worldParameters.users
  const events: WorldEvent[] = [{ name: 'ResultsShown', event: shown(visit, random) }]
  let now = visit.at
  let plays = 0
  const watch = (video: WorldVideo, byItself: boolean): void => {
    const watchedMs = byItself ? previewMs(video, random) : watchTimeMs(visit.query, video, random)
    events.push(...heartbeats(visit, video, { at: now, watchedMs, autoplay: byItself, play: plays++ }))
    now += watchedMs
  }
  if (random() < autoplay) watch(visit.videos[0]!, true)
  for (const [index, video] of visit.videos.entries()) {
    if (random() >= (byPosition[index] ?? 0)) continue
    now += Math.round(within(random, readingMs))
    if (random() >= clickByPerceived[perceivedGrade(visit.query, video)] * video.attractiveness) continue
    events.push({ name: 'ResultClicked', event: { ...keys(visit, video), at: now, position: index + 1 } })
    watch(video, false)
    if (random() >= goesOnAfterWatch) break
  }
  return events
}

function shown({ requestId, userId, query, videos, at }: Visit, random: Random): ResultsShown {
  const results = videos.map((video, n) => ({
    video_id: video.id,
    position: n + 1,
    duration_ms: video.durationKnown ? video.durationMs : null,
  }))
  const served = { variants: {}, model_set: null, served_features_at: null }
  const device = random() < worldParameters.users.phone ? 'phone' : 'desktop'
  return { request_id: requestId, at, user_id: userId, query: query.text, device, results, ...served }
}

const keys = ({ requestId, userId }: Visit, video: WorldVideo) => ({
  request_id: requestId,
  user_id: userId,
  video_id: video.id,
})

/** Time until the user has enough: a few seconds, all of it (a long video less often), or some part. */
export function watchTimeMs(query: WorldQuery, video: WorldVideo, random: Random): number {
  const { bounceByContent, bounceMs, finishByContent, finishByDuration, partWatched } = worldParameters.users
  const content = contentGrade(query, video)
  const { durationMs } = video
  if (random() < bounceByContent[content]) return Math.round(Math.min(durationMs, within(random, bounceMs)))
  const { usualMs, exponent, atMost } = finishByDuration
  if (random() < finishByContent[content] * Math.min(atMost, (usualMs / durationMs) ** exponent)) return durationMs
  const { base, perGrade } = partWatched
  return Math.round(durationMs * partWatched.atMost * random() ** (1 / (base + perGrade * content)))
}

const previewMs = ({ durationMs }: WorldVideo, random: Random): number =>
  Math.round(Math.min(durationMs, within(random, worldParameters.users.previewMs)))

interface Play {
  readonly at: number
  readonly watchedMs: number
  readonly autoplay: boolean
  readonly play: number
}

/** The player tells how much it has played at a steady beat, and once more at the end. */
function heartbeats(visit: Visit, video: WorldVideo, { at, watchedMs, autoplay, play }: Play): WorldEvent[] {
  const { heartbeatMs } = worldParameters.users
  const times = Array.from({ length: Math.floor((watchedMs - 1) / heartbeatMs) }, (_, n) => (n + 1) * heartbeatMs)
  const duration_ms = video.durationKnown ? video.durationMs : null
  return [...times, watchedMs].map((watched_ms) => ({
    name: 'VideoWatched',
    event: {
      ...keys(visit, video),
      at: at + watched_ms,
      play_id: `${visit.requestId}-${play}`,
      watched_ms,
      duration_ms,
      autoplay,
    },
  }))
}
