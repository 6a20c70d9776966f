import type { ResultsShown } from '../../schemas/events.js'
import type { LogRecord, Phase } from './log.js'
import { differingCopy, differingWatch, invalid, orphan, tooLate } from './noise.js'
import { createRandom, type Random } from './random.js'
import { requestEvents, type Draft } from './request.js'
import { createWorld, type World } from './world.js'

export interface LogOptions {
  seed: number
  requests: number
  /** Event time of the first request, epoch ms; must lie in the past, or the broker's clock makes all of it future. */
  startAt: number
  windowMs: number
  outOfOrdernessMs: number
  /** Mean event time between two requests. */
  gapMs: number
}

export const defaultLog: LogOptions = {
  seed: 1,
  requests: 20_000,
  startAt: Date.UTC(2026, 0, 5, 8),
  windowMs: 60_000,
  outOfOrdernessMs: 20_000,
  gapMs: 100,
}

/** The largest delay between an event and its arrival: well inside the bound, so that no interleaving of topics matters. */
export const maxDelayMs = ({ outOfOrdernessMs }: Pick<LogOptions, 'outOfOrdernessMs'>): number =>
  Math.floor(outOfOrdernessMs * 0.8)

interface Arrival {
  at: number
  draft: Draft
}

/**
 * A behavior log in three phases.
 * `main`: normal traffic with all the dirt of real producers, disordered within the bound.
 * `advance`: traffic of a much later time. Once all of it has been processed, every window of `main` has closed.
 * `late`: records of `main`'s time, scattered over the traffic that follows `advance`.
 * Within a phase the outcome of every record depends on the order within its topic and key only.
 */
export const generateLog = (options: LogOptions): Phase[] => {
  const random = createRandom(options.seed)
  const world = createWorld(random.fork(), options.requests)
  const main = traffic(random.fork(), options, world, {
    prefix: 'r',
    from: options.startAt,
    requests: options.requests,
  })
  const advanceAt = lastTime(main) + 10 * options.windowMs + 2 * options.outOfOrdernessMs
  const afterwards = Math.max(200, Math.ceil(options.requests / 10))
  const next = traffic(random.fork(), options, world, { prefix: 'next', from: advanceAt, requests: afterwards })
  const half = Math.floor(next.length / 2)
  const late = lateRecords(random.fork(), main)
  return numbered([
    { name: 'main', closedBefore: null, drafts: main },
    { name: 'advance', closedBefore: null, drafts: next.slice(0, half) },
    {
      name: 'late',
      // The slowest input has at least reached the beginning of `advance`; skewed clocks may have put it a little before.
      closedBefore: advanceAt - options.windowMs - options.outOfOrdernessMs,
      drafts: scatter(random.fork(), next.slice(half), late),
    },
  ])
}

/** Normal traffic in arrival order. */
const traffic = (
  random: Random,
  options: LogOptions,
  world: World,
  { prefix, from, requests }: { prefix: string; from: number; requests: number },
): Draft[] => {
  const { windowMs, gapMs } = options
  const arrivals: Arrival[] = []
  // A future or undecodable `at` says nothing about arrival: such records travel with a neighbour.
  const send = (draft: Draft, near: number) => arrivals.push({ at: near + delay(random, maxDelayMs(options)), draft })
  for (let n = 0, shownAt = from; n < requests; n++, shownAt += random.exponential(gapMs)) {
    const requestId = random.chance(0.02) ? `${prefix}-请求 ${n}` : `${prefix}-${n}`
    const events = requestEvents(random, { requestId, shownAt, windowMs, world })
    const shown = events[0]!.content.value as ResultsShown
    for (const draft of [...events, ...unwanted(random, events, shown, windowMs)]) send(draft, timeOf(draft))
    if (random.chance(0.02)) send(orphan(random, shown, n), shownAt)
    if (random.chance(0.02)) send(invalid(random, shown, arrivals.length), shownAt)
  }
  return arrivals.sort((a, b) => a.at - b.at).map(({ draft }) => draft)
}

/** Redeliveries, and copies that differ. */
const unwanted = (random: Random, events: Draft[], shown: ResultsShown, windowMs: number): Draft[] => [
  ...events.filter(() => random.chance(0.06)),
  ...(random.chance(0.02) ? [differingCopy(random, shown, Math.floor(windowMs / 30))] : []),
  ...events.flatMap(({ content }) =>
    content.event === 'VideoWatched' && random.chance(0.01) ? [differingWatch(random, content.value)] : [],
  ),
]

/** Most records are fast, a few nearly as slow as is allowed. */
const delay = (random: Random, maxMs: number): number =>
  random.int(
    0,
    random.weighted([
      [0.7, Math.floor(maxMs / 20)],
      [0.22, Math.floor(maxMs / 2)],
      [0.08, maxMs],
    ]),
  )

const lateRecords = (random: Random, main: Draft[]): Draft[] => {
  const candidates = main.filter(
    ({ content, damage }) => content.event !== 'bytes' && damage === null && !isInvalid(content.value.request_id),
  )
  const count = Math.max(60, Math.ceil(main.length / 100))
  return Array.from({ length: count }, (_, n) => tooLate(random, random.pick(candidates), n))
}

const isInvalid = (requestId: string): boolean => requestId.startsWith('invalid-')

/** The drafts of `among` at random places of `log`, whose own order stays. */
const scatter = (random: Random, log: Draft[], among: Draft[]): Draft[] => {
  const places = [
    ...log.map((draft, n) => ({ place: n, draft })),
    ...among.map((draft) => ({ place: random.int(0, log.length) - 0.5, draft })),
  ]
  return places.sort((a, b) => a.place - b.place).map(({ draft }) => draft)
}

const timeOf = ({ content }: Draft): number => {
  if (content.event === 'bytes') throw new Error('bytes have no time')
  return content.value.at
}

/** Of real events: an invalid time, of the year 2100, is no time. */
const lastTime = (drafts: Draft[]): number =>
  drafts
    .filter(({ content }) => content.event !== 'bytes' && !isInvalid(content.value.request_id))
    .reduce((last, draft) => Math.max(last, timeOf(draft)), 0)

const numbered = (phases: { name: string; closedBefore: number | null; drafts: Draft[] }[]): Phase[] => {
  let id = 0
  return phases.map(({ name, closedBefore, drafts }) => ({
    name,
    closedBefore,
    records: drafts.map((draft): LogRecord => ({ id: id++, ...draft })),
  }))
}
