/**
 * Every number of the synthetic world in one place, but for how a picture is laid out and coloured, which stands where it
 * is drawn (pictures/). Shares and chances are in [0, 1].
 */
export const worldParameters = {
  concepts: {
    /** Popularity of the n-th concept among videos is 1 / n^exponent. */
    zipfExponent: 0.4,
    /** Concepts that each is often shown with, and the share of a second concept that is one of them. */
    partners: 6,
    withPartner: 0.8,
    /** Shares of the pairs that no video of training has, and of the keywords that none of its texts and searches say. */
    heldOutPairs: 0.2,
    heldOutKeywords: { validation: 0.06, test: 0.3 },
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
    /** What makes people click a video whatever they search, as a factor. */
    attractiveness: { min: 0.6, max: 1.4 },
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
  accounts: {
    perHundredVideos: 4,
    atLeast: 4,
    /** What an account mostly shows, the share of its videos that do, and the share of accounts named after it. */
    habitConcepts: 3,
    byHabit: 0.55,
    namesHabit: 0.65,
  },
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
    /** x264's constant rate factor: lower is larger and cleaner. */
    crf: 24,
    /** Scenes that show each of one, two, three concepts. */
    scenes: [[4], [3, 3], [3, 2, 1]],
    /** How long a scene is beside others. */
    sceneLength: { min: 0.7, max: 1.3 },
    /** Share of the scenes that show nothing of the subject, and of those some other thing. */
    fillers: 0.4,
    distractor: 0.3,
    /** Clips that have captions, their scenes that carry one, and captions that name the subject they show. */
    captions: 0.55,
    sceneCaptioned: 0.4,
    captionNames: 0.65,
  },
  transcripts: {
    /** Of small talk and stray mentions; beside them those that speak of the first, second and third concept. */
    sentences: { min: 44, max: 58 },
    mainSentences: { min: 2, max: 4 },
    secondSentences: { min: 1, max: 2 },
    thirdSentences: 1,
    byKeyword: 0.35,
    /** Sentences of small talk that name a thing that is not the subject. */
    strayMentions: { min: 2, max: 6 },
    millisecondsPerCharacter: 210,
    /** Silence before the first sentence and between two. */
    silenceMs: { min: 200, max: 1_500 },
    pauseMs: { min: 100, max: 700 },
  },
  slips: { homophone: 0.035, lookalike: 0.04, lost: 0.015 },
  uploads: {
    /** The first comes so long before the searches; all within a time that leaves some to recognise what is in them. */
    beforeSearchesMs: 3_600_000,
    withinMs: 3_300_000,
    /** One after the other, at most so far apart. */
    apartMs: 200,
    /** From an upload to what is heard and read in it, and how sure the recogniser is of a text. */
    recognisedAfterMs: { min: 20_000, max: 180_000 },
    confidence: { min: 0.6, max: 1 },
  },
  missing: { title: 0.03, account: 0.05, cover: 0.04, frames: 0.1, asr: 0.18 },
  queries: {
    /** Shares of the kinds among requests. */
    kinds: { name: 0.34, keyword: 0.26, synonym: 0.08, pair: 0.2, change: 0.12 },
    /** Within a kind, the n-th concept is asked for as 1 / n^exponent, and two as their geometric mean. */
    popularityExponent: 0.8,
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
    /** When people begin to search: 2026-01-05 00:00 UTC, a Monday. */
    beginAt: Date.UTC(2026, 0, 5),
    days: 7,
    results: 10,
    perUser: 12,
    /** Share of the requests whose results are videos of the train split. */
    train: 0.8,
    /** How much the order of results goes by what is promised, against chance. */
    ranked: 0.45,
  },
  users: {
    /** Share of the phones among their devices. */
    phone: 0.85,
    /** Chance to look at position 1, 2, … */
    byPosition: [1, 0.86, 0.74, 0.64, 0.55, 0.48, 0.42, 0.37, 0.33, 0.3],
    readingMs: { min: 400, max: 2_500 },
    /** Chance of a click on a result of perceived grade 0, 1, 2, times its attractiveness. */
    clickByPerceived: [0.03, 0.22, 0.5],
    goesOnAfterWatch: 0.5,
    /** Chance that the first result plays by itself, and for how long. */
    autoplay: 0.15,
    previewMs: { min: 800, max: 20_000 },
    /** Chance to leave within seconds, by content grade. */
    bounceByContent: [0.8, 0.35, 0.08],
    bounceMs: { min: 500, max: 6_500 },
    /** Else the chance to stay to the end, by content grade, times (usualMs / duration)^exponent, at most `atMost`. */
    finishByContent: [0.02, 0.15, 0.5],
    finishByDuration: { usualMs: 60_000, exponent: 0.4, atMost: 1.6 },
    /** Else the part that is watched: atMost · u^(1 / (base + perGrade · content grade)), u by chance in [0, 1). */
    partWatched: { atMost: 0.97, base: 0.35, perGrade: 0.8 },
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
