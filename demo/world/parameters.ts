/** Every number of the synthetic world in one place; shares and chances are in [0, 1]. */
export const worldParameters = {
  concepts: {
    /** Popularity of the n-th concept is 1 / n^exponent, among videos and queries. */
    zipfExponent: 0.4,
    /** Concepts that each is often shown with, and the share of a second concept that is one of them. */
    partners: 6,
    withPartner: 0.8,
    /** Shares that no training sees: of the pairs, and of the keywords, some for validation and some for the test. */
    heldOutPairs: 0.2,
    heldOutKeywords: { validation: 0.06, test: 0.22 },
  },
  splits: { validation: 0.07, test: 0.18, heldOutOfTest: 0.6 },
  videos: {
    twoConcepts: 0.4,
    threeConcepts: 0.2,
    /** Share of the videos of two concepts in which one follows the other. */
    ordered: 0.5,
    /** Baits promise something else: by the title, the cover, or both. */
    bait: 0.4,
    baitTitle: 0.8,
    baitCover: 0.65,
    durationMs: { min: 10_000, max: 600_000 },
    durationUnknown: 0.03,
  },
  titles: {
    /** Of honest videos; the rest is vague. */
    informative: 0.62,
    secondNamed: 0.6,
    thirdNamed: 0.3,
    byKeyword: 0.35,
    /** Honest titles in the tone of baits, and baits in the tone of honest ones. */
    otherTone: 0.25,
  },
  accounts: { perHundredVideos: 4, habitConcepts: 3, byHabit: 0.55, namesHabit: 0.65 },
  covers: {
    pixels: 256,
    quality: 82,
    /** Of honest videos: a part of what they hold; the rest shows all. */
    part: 0.4,
    /** A picture that shows nothing of the video, and something beside it. */
    empty: 0.18,
    distractor: 0.2,
    text: 0.55,
    /** Covers whose text says what it is about; the rest is a cry. */
    textNames: 0.65,
  },
  clips: {
    pixels: 128,
    framesPerSecond: 8,
    seconds: 3,
    /** Share of the scenes that show nothing of the subject, and of those some other thing. */
    fillers: 0.4,
    distractor: 0.3,
    captions: 0.55,
    captionNames: 0.65,
  },
  transcripts: {
    sentences: { min: 44, max: 58 },
    mainSentences: { min: 2, max: 4 },
    secondSentences: { min: 1, max: 2 },
    byKeyword: 0.35,
    /** Sentences of small talk that name a thing that is not the subject. */
    strayMentions: { min: 2, max: 6 },
    millisecondsPerCharacter: 210,
  },
  slips: { homophone: 0.035, lookalike: 0.04, lost: 0.015 },
  missing: { title: 0.03, account: 0.05, cover: 0.04, frames: 0.1, asr: 0.18 },
  queries: {
    /** Shares of the kinds among requests. */
    kinds: { name: 0.34, keyword: 0.26, synonym: 0.08, pair: 0.2, change: 0.12 },
    /** Of the candidates of a request: videos that hold it, only promise it, are akin to it; the rest is chance. */
    holding: 0.35,
    promising: 0.25,
    akin: 0.15,
  },
  /** What people have graded: so many queries for the videos of a part of the world, so many candidates for each. */
  grades: {
    queries: { train: 250, validation: 450, seen: 400, 'held-out': 700 },
    candidates: { train: 12, validation: 24, seen: 24, 'held-out': 24 },
    /** Shares of the kinds, as far as there are enough. Keywords held out come on top, all of them: they are few. */
    kinds: { name: 0.3, keyword: 0.24, synonym: 0.1, pair: 0.2, change: 0.16 },
  },
  requests: {
    results: 10,
    perUser: 12,
    days: 7,
    /** Share of the requests whose results are videos of the train split. */
    train: 0.8,
    /** How much the order of results goes by what is promised, against chance. */
    ranked: 0.45,
  },
  users: {
    /** Chance to look at position 1, 2, … */
    byPosition: [1, 0.86, 0.74, 0.64, 0.55, 0.48, 0.42, 0.37, 0.33, 0.3],
    readingMs: { min: 400, max: 2_500 },
    /** Chance of a click on a result of perceived grade 0, 1, 2, times its attractiveness (0.6 to 1.4). */
    clickByPerceived: [0.03, 0.22, 0.5],
    goesOnAfterWatch: 0.5,
    autoplay: 0.15,
    /** By content grade: chances to leave within seconds, and to stay to the end (of a video of a minute). */
    bounceByContent: [0.8, 0.35, 0.08],
    finishByContent: [0.02, 0.15, 0.5],
    heartbeatMs: 30_000,
  },
} as const

export type WorldParameters = typeof worldParameters

/** How large a world is, and which of all worlds. */
export interface WorldSize {
  readonly videos: number
  readonly requests: number
  readonly seed: number
}
