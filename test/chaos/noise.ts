import type { ResultClicked, ResultsShown, VideoWatched } from '../../schemas/events.js'
import type { Random } from './random.js'
import { draft, type Draft } from './request.js'

/** What the user of a broken or hostile producer sends: each of these is dead-lettered, whatever else happens. */
export const invalid = (random: Random, near: ResultsShown, n: number): Draft => {
  const requestId = `invalid-${n}`
  const shown: ResultsShown = { ...near, request_id: requestId }
  const click: ResultClicked = { ...near, request_id: requestId, video_id: 'v0', position: 1 }
  const watch: VideoWatched = { ...click, play_id: 'p', watched_ms: 1, duration_ms: null, autoplay: false }
  const show = (more: Partial<ResultsShown>) => draft({ event: 'ResultsShown', value: { ...shown, ...more } })
  const clicked = (more: Partial<ResultClicked>) =>
    draft({ event: 'ResultClicked', value: pickClick({ ...click, ...more }) })
  const watched = (more: Partial<VideoWatched>) =>
    draft({ event: 'VideoWatched', value: pickWatch({ ...watch, ...more }) })
  const result = { video_id: 'v0', position: 1, duration_ms: null }
  const year2100 = Date.UTC(2100, 0, 1)
  const makers: (() => Draft)[] = [
    () => show({ query: 'x'.repeat(1001) }),
    () => show({ query: '😀'.repeat(1001) }),
    () => show({ results: Array.from({ length: 1001 }, (_, i) => ({ ...result, position: i + 1 })) }),
    () => show({ results: [{ ...result, position: 0 }] }),
    () => show({ results: [{ ...result, duration_ms: -1 }] }),
    () => show({ results: [{ ...result, video_id: '' }] }),
    () => show({ at: -1 }),
    () => show({ at: year2100 }),
    () => show({ user_id: '' }),
    () => clicked({ at: year2100 }),
    () => clicked({ at: Number.MAX_SAFE_INTEGER }),
    () => clicked({ video_id: '' }),
    () => clicked({ video_id: 'v'.repeat(1025) }),
    () => clicked({ position: 0 }),
    () => watched({ at: year2100 }),
    () => watched({ watched_ms: -1 }),
    () => watched({ watched_ms: 30 * 86_400_000 + 1 }),
    () => watched({ duration_ms: -5 }),
    () => watched({ play_id: '' }),
    () => ({ ...show({}), damage: 'truncated' }),
    () => ({ ...clicked({}), damage: 'truncated' }),
    () => ({ ...watched({}), damage: 'unknown-schema' }),
    () => ({ ...clicked({}), topic: 'search.impressions' }),
    () => ({ ...show({}), topic: 'video.watches' }),
    () => bytes(random, requestId, null),
    () => bytes(random, requestId, Buffer.alloc(0)),
    () => bytes(random, requestId, Buffer.from([0xc3, 0x01])),
    () => bytes(random, requestId, Buffer.from('{"request_id":"looks like JSON"}')),
    () => bytes(random, requestId, Buffer.from(Array.from({ length: 64 }, () => random.int(0, 255)))),
  ]
  // In turn, so that even a short log holds most kinds.
  return makers[n % makers.length]!()
}

const bytes = (random: Random, key: string, value: Buffer | null): Draft => ({
  topic: random.pick(['search.impressions', 'search.clicks', 'video.watches'] as const),
  key,
  content: { event: 'bytes', value },
  damage: null,
})

const pickClick = ({ request_id, at, user_id, video_id, position }: ResultClicked): ResultClicked => ({
  request_id,
  at,
  user_id,
  video_id,
  position,
})

const pickWatch = (w: VideoWatched): VideoWatched => ({
  request_id: w.request_id,
  at: w.at,
  user_id: w.user_id,
  video_id: w.video_id,
  play_id: w.play_id,
  watched_ms: w.watched_ms,
  duration_ms: w.duration_ms,
  autoplay: w.autoplay,
})

/** Behavior of requests that were never shown. */
export const orphan = (random: Random, near: ResultsShown, n: number): Draft => {
  const common = { request_id: `ghost-${Math.floor(n / 2)}`, at: near.at, user_id: near.user_id, video_id: 'v0' }
  return random.chance(0.5)
    ? draft({ event: 'ResultClicked', value: { ...common, position: null } })
    : draft({
        event: 'VideoWatched',
        value: { ...common, play_id: 'p', watched_ms: 9000, duration_ms: 10_000, autoplay: false },
      })
}

/** A second impression record of a request that says something else; whichever comes first counts. */
export const differingCopy = (random: Random, shown: ResultsShown, maxShiftMs: number): Draft => {
  const value = random.pick<() => ResultsShown>([
    () => ({ ...shown, query: `${shown.query.slice(0, 900)} again` }),
    () => ({ ...shown, user_id: 'somebody else' }),
    () => ({ ...shown, at: shown.at + random.int(-maxShiftMs, maxShiftMs) }),
    () => ({ ...shown, results: shown.results.slice(1) }),
    () => ({ ...shown, results: [...shown.results, { video_id: 'only in a copy', position: 99, duration_ms: 9000 }] }),
    () => ({ ...shown, results: shown.results.map((result) => ({ ...result, duration_ms: 12_345 })) }),
  ])()
  return draft({ event: 'ResultsShown', value })
}

/** A watch that equals another in all that makes it a duplicate, and differs in the rest: the first one counts. */
export const differingWatch = (random: Random, watch: VideoWatched): Draft =>
  draft({
    event: 'VideoWatched',
    value: { ...watch, ...(random.chance(0.5) ? { duration_ms: 7_654_321 } : { autoplay: !watch.autoplay }) },
  })

/** Records of an earlier part of the log that arrive when its windows have long closed. */
export const tooLate = (random: Random, old: Draft, n: number): Draft => {
  const { content } = old
  if (content.event === 'bytes') throw new Error('only events can be late')
  const { request_id, at, user_id } = content.value
  const common = { request_id, at, user_id, video_id: 'v0' }
  return random.pick<() => Draft>([
    // Redelivered as it was.
    () => old,
    // A click and a watch that nobody has seen before, of a request that was closed.
    () => draft({ event: 'ResultClicked', value: { ...common, at: at + 7, position: null } }),
    () => draft({ event: 'VideoWatched', value: { ...common, ...longPlay, at: at + 7, play_id: 'late-play' } }),
    // A request that nobody knew, and one from the beginning of time.
    () => draft({ event: 'ResultsShown', value: { ...lateRequest, request_id: `late-${n}`, at, user_id } }),
    () => draft({ event: 'ResultsShown', value: { ...lateRequest, request_id: `ancient-${n}`, at: 0, user_id } }),
    () => draft({ event: 'ResultClicked', value: { ...common, request_id: `late-${n - 1}`, position: null } }),
  ])()
}

const longPlay = { watched_ms: 99_000, duration_ms: 99_000, autoplay: false }

const lateRequest = {
  query: 'too late',
  device: 'phone',
  results: [{ video_id: 'v0', position: 1, duration_ms: 10_000 }],
  variants: {},
  model_set: null,
  served_features_at: null,
}
