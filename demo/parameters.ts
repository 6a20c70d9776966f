/**
 * Every number of the demo in one place.
 *
 * A demo cannot wait for half-hour windows and ten-minute videos, so two clocks run faster than in life: windows last
 * seconds (`time`), and one second of the demo plays `playback.speed` seconds of video. All else is as in production.
 */
export interface DemoParameters {
  seed: number
  /** Nothing is sent after this. */
  durationMs: number
  /** The crowd stops searching so long before the end, so that the last searches get their clicks. */
  searchesEndBeforeMs: number
  requestsPerSecond: number
  users: number
  videos: number
  time: { windowMs: number; outOfOrdernessMs: number; idleMs: number; aheadMs: number; futureMs: number }
  queries: {
    /** Popularity of the n-th query is 1 / n^exponent: a short head and a long tail. */
    zipfExponent: number
  }
  /** Popularity of the n-th user is 1 / n^exponent. */
  userZipfExponent: number
  videosOf: { minMs: number; maxMs: number; uploadedAtStart: number; durationUnknown: number }
  results: number
  experiment: string
  /** Experiment arms by name: how each ranker weighs what it knows of a video. */
  variants: Record<string, RankerWeights>
  attention: {
    /** Chance that a user looks at position 1, 2, …: the position bias. */
    byPosition: readonly number[]
    readingMs: readonly [min: number, max: number]
    /** Chance of a click on a looked-at result that promises everything; half the promise, `pickiness` times rarer. */
    clickAtBest: number
    pickiness: number
    /** Chance to go on after having watched something. */
    goesOnAfterWatch: number
  }
  playback: {
    speed: number
    heartbeatMs: number
    /** Chance that the first result starts by itself. */
    autoplay: number
    /** Chance to close a video that holds nothing of what was asked within a few seconds. */
    bounceAtWorst: number
    /** Chance to watch to the end what holds everything that was asked. */
    finishAtBest: number
    /** Share of finished plays that run on into a second round. */
    loops: number
  }
  network: {
    delayMs: readonly [min: number, max: number]
    /** Share of records that arrive seconds late, still inside the out-of-orderness. */
    stragglers: number
    /** Share of records delivered twice. */
    redelivered: number
    redeliveredWithinMs: number
    /** Share of records of phones that were offline until their window had closed. */
    offline: number
    /** Share of requests whose impression is lost: their clicks and watches are orphans. */
    impressionLost: number
    /** Share of requests to which a user comes back after their window's end. */
    returns: number
    /** Share of clicks on a video that was not in the request. */
    strayClicks: number
    /** Broken records per request. */
    malformed: number
  }
}

/** What a ranker goes by; `chance` stands for all that is worth nothing to the user. */
export interface RankerWeights {
  content: number
  perceived: number
  chance: number
}

export const parameters: DemoParameters = {
  seed: 7,
  durationMs: 30_000,
  searchesEndBeforeMs: 2_500,
  requestsPerSecond: 120,
  users: 3_000,
  videos: 900,
  time: { windowMs: 8_000, outOfOrdernessMs: 2_000, idleMs: 2_000, aheadMs: 60_000, futureMs: 600_000 },
  queries: { zipfExponent: 1 },
  userZipfExponent: 0.6,
  videosOf: { minMs: 10_000, maxMs: 600_000, uploadedAtStart: 0.95, durationUnknown: 0.05 },
  results: 8,
  experiment: 'ranker',
  variants: {
    control: { content: 0.1, perceived: 0.3, chance: 0.6 },
    treatment: { content: 0.6, perceived: 0.3, chance: 0.1 },
  },
  attention: {
    byPosition: [1, 0.8, 0.66, 0.55, 0.46, 0.39, 0.33, 0.28],
    readingMs: [60, 250],
    clickAtBest: 0.5,
    pickiness: 4,
    goesOnAfterWatch: 0.35,
  },
  playback: { speed: 100, heartbeatMs: 400, autoplay: 0.15, bounceAtWorst: 0.7, finishAtBest: 0.5, loops: 0.06 },
  network: {
    delayMs: [5, 120],
    stragglers: 0.04,
    redelivered: 0.03,
    redeliveredWithinMs: 1_500,
    offline: 0.002,
    impressionLost: 0.003,
    returns: 0.01,
    strayClicks: 0.004,
    malformed: 0.005,
  },
}

/** Short enough for continuous integration: a third of the time, half of the crowd. */
export const fastParameters: DemoParameters = {
  ...parameters,
  durationMs: 10_000,
  searchesEndBeforeMs: 1_500,
  requestsPerSecond: 60,
  users: 800,
  videos: 300,
  time: { ...parameters.time, windowMs: 4_000, outOfOrdernessMs: 1_000, idleMs: 1_000 },
  playback: { ...parameters.playback, speed: 200 },
  network: { ...parameters.network, redeliveredWithinMs: 800, malformed: 0.015 },
}
