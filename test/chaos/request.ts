import type { ResultClicked, ResultsShown, VideoWatched } from '../../schemas/events.js'
import { topicOf, type Content, type LogRecord } from './log.js'
import type { Random } from './random.js'
import { popular, trickyQueries, type World } from './world.js'

/** A record before it has a place in the log. */
export type Draft = Omit<LogRecord, 'id'>

export const draft = (content: Exclude<Content, { event: 'bytes' }>, damage: Draft['damage'] = null): Draft => ({
  topic: topicOf[content.event],
  key: content.value.request_id,
  content,
  damage,
})

export interface RequestPlan {
  requestId: string
  shownAt: number
  windowMs: number
  world: World
}

/** One search and all that its user did, as events with true times: some counted, some late, some of unseen videos. */
export const requestEvents = (random: Random, plan: RequestPlan): Draft[] => {
  const shown = impression(random, plan)
  const behavior = shown.results.flatMap(({ video_id, position }) => onVideo(random, plan, shown, video_id, position))
  const stray = random.chance(0.03) ? [click(random, plan, shown, 'never-shown', null)] : []
  const strayWatch = random.chance(0.02) ? [watch(random, plan, shown, 'never-shown', { watched_ms: 9000 })] : []
  return [draft({ event: 'ResultsShown', value: shown }), ...behavior, ...stray, ...strayWatch]
}

const impression = (random: Random, { requestId, shownAt, world }: RequestPlan): ResultsShown => ({
  request_id: requestId,
  at: shownAt,
  user_id: random.pick(world.users),
  query: random.weighted([
    [0.85, popular(random, world.queries)],
    [0.1, random.pick(trickyQueries)],
    [0.03, ''],
    [0.02, `only in ${requestId}`],
  ]),
  device: random.pick(['phone', 'tablet', 'tv', '']),
  results: results(random, world),
  variants: random.pick<Record<string, string>>([
    {},
    { ranker: 'base' },
    { ranker: 'fusion' },
    { ranker: 'fusion', 'ui-实验': 'b"' },
  ]),
  model_set: random.pick([null, 'small-1']),
  served_features_at: random.chance(0.5) ? shownAt - random.int(0, 200) : null,
})

const results = (random: Random, world: World): ResultsShown['results'] => {
  const count = random.weighted([
    [0.02, 0],
    [0.1, 1],
    [0.87, random.int(2, 10)],
    [0.01, 40],
  ])
  const shown = new Set(Array.from({ length: count }, () => popular(random, world.videos)))
  // Advertisements take positions too, so that positions have gaps.
  const step = random.chance(0.1) ? 2 : 1
  const list = [...shown].map(({ id, durationMs }, n) => ({
    video_id: id,
    position: 1 + n * step,
    duration_ms: random.weighted([
      [0.75, durationMs],
      [0.13, null],
      [0.12, 0],
    ]),
  }))
  const [twice] = list.length > 0 && random.chance(0.05) ? [random.pick(list)] : []
  if (twice) {
    const again = { ...twice, position: list.length * step + 1, duration_ms: random.pick([null, 0, 5000, 60_000]) }
    list.splice(random.int(0, list.length), 0, again)
  }
  // A client that lists results out of order: positions decide what is above, the list order what is first.
  return random.chance(0.05) ? list.reverse() : list
}

/** What the user did with one shown video: nothing, or clicks and plays. */
const onVideo = (
  random: Random,
  plan: RequestPlan,
  shown: ResultsShown,
  videoId: string,
  position: number,
): Draft[] => {
  const clicked = random.chance(0.6 / (position + 1))
  const autoplayed = random.chance(position <= 2 ? 0.15 : 0.02)
  const watchedUnasked = random.chance(0.01)
  const clicks = clicked
    ? random.weighted([
        [0.8, 1],
        [0.15, 2],
        [0.05, 4],
      ] as const)
    : 0
  const plays =
    (clicked && random.chance(0.85)) || watchedUnasked
      ? random.weighted([
          [0.8, 1],
          [0.2, 3],
        ] as const)
      : 0
  return [
    ...Array.from({ length: clicks }, () => click(random, plan, shown, videoId, random.chance(0.8) ? position : null)),
    ...Array.from({ length: plays }, (_, n) => play(random, plan, shown, videoId, `play-${n}`, false)).flat(),
    ...(autoplayed ? play(random, plan, shown, videoId, 'auto', true) : []),
  ]
}

/** Mostly soon after the request; sometimes before it (clock skew), sometimes right at the end of the window. */
const eventTime = (random: Random, { shownAt, windowMs }: RequestPlan): number =>
  shownAt +
  random.weighted([
    [0.9, random.exponential(windowMs / 6)],
    [0.04, -random.int(1, Math.floor(windowMs / 12))],
    [0.06, windowMs + random.pick([-1, 0, 1, 500])],
  ])

const click = (
  random: Random,
  plan: RequestPlan,
  shown: ResultsShown,
  videoId: string,
  position: number | null,
): Draft => {
  const value: ResultClicked = {
    request_id: plan.requestId,
    at: eventTime(random, plan),
    user_id: random.chance(0.01) ? 'somebody else' : shown.user_id,
    video_id: videoId,
    position,
  }
  return draft({ event: 'ResultClicked', value })
}

const watch = (
  random: Random,
  plan: RequestPlan,
  shown: ResultsShown,
  videoId: string,
  more: Partial<VideoWatched>,
): Draft => {
  const value: VideoWatched = {
    request_id: plan.requestId,
    at: eventTime(random, plan),
    user_id: shown.user_id,
    video_id: videoId,
    play_id: 'play-0',
    watched_ms: 0,
    duration_ms: null,
    autoplay: false,
    ...more,
  }
  return draft({ event: 'VideoWatched', value })
}

/** The heartbeats of one play: cumulative, now and then falling back, at equal times, or without progress. */
const play = (
  random: Random,
  plan: RequestPlan,
  shown: ResultsShown,
  videoId: string,
  playId: string,
  autoplay: boolean,
): Draft[] => {
  const real = plan.world.videos.find(({ id }) => id === videoId)!.durationMs
  const total = random.weighted([
    [0.6, Math.floor(real * random.next() * 1.2)],
    [0.25, real + random.pick([-1, 0, 1])],
    [0.15, random.pick([0, 1, 2999, 3000, 6999, 7000, 7001, 7999, 8000, 17_999, 18_000])],
  ])
  const beats = random.int(1, 8)
  const from = eventTime(random, plan)
  const stepMs = random.int(0, Math.floor(plan.windowMs / 20))
  return Array.from({ length: beats }, (_, n) => {
    const progress = random.chance(0.05) ? random.next() : (n + 1) / beats
    return watch(random, plan, shown, videoId, {
      at: from + n * stepMs,
      play_id: playId,
      watched_ms: Math.max(0, Math.floor(total * progress)),
      duration_ms: random.weighted([
        [0.5, real],
        [0.4, null],
        [0.05, 0],
        [0.05, real + 1000],
      ]),
      autoplay,
    })
  })
}
