import type { VideoWatched } from '../../schemas/events.js'

/** One growth of the watch time of a play. */
export interface Growth {
  at: number
  grown_ms: number
}

/** The watch records of one play in the order of (at, watched_ms). */
interface Play {
  ats: number[]
  watched: number[]
  longest: number
}

/**
 * What one request's user did with one video: a set of clicks and a set of watch records.
 * Adding is idempotent and commutative, so neither order nor redelivery changes what is derived from it.
 */
export class VideoHistory {
  /** Distinct click times, ascending. */
  readonly clicks: number[] = []
  autoplay = false
  /** The largest duration that a watch named; 0 for none. */
  watchDurationMs = 0
  private readonly plays = new Map<string, Play>()

  hasClick(at: number): boolean {
    return this.clicks[placeOfClick(this.clicks, at) - 1] === at
  }

  addClick(at: number): void {
    if (!this.hasClick(at)) insert(this.clicks, placeOfClick(this.clicks, at), at)
  }

  hasWatch({ play_id, at, watched_ms }: VideoWatched): boolean {
    const play = this.plays.get(play_id)
    if (!play) return false
    const before = placeOfWatch(play, at, watched_ms) - 1
    return play.ats[before] === at && play.watched[before] === watched_ms
  }

  addWatch(watch: VideoWatched): void {
    if (this.hasWatch(watch)) return
    const { play_id, at, watched_ms, duration_ms, autoplay } = watch
    let play = this.plays.get(play_id)
    if (!play) this.plays.set(play_id, (play = { ats: [], watched: [], longest: 0 }))
    const place = placeOfWatch(play, at, watched_ms)
    insert(play.ats, place, at)
    insert(play.watched, place, watched_ms)
    play.longest = Math.max(play.longest, watched_ms)
    if (autoplay) this.autoplay = true
    if (duration_ms !== null && duration_ms > this.watchDurationMs) this.watchDurationMs = duration_ms
  }

  /** The largest `watched_ms` of each play, summed. */
  watchedMs(): number {
    let sum = 0
    for (const { longest } of this.plays.values()) sum += longest
    return sum
  }

  /** Where the watch time grew: per play each growth of the running maximum at its record's time; ascending by time. */
  growth(): Growth[] {
    const steps: Growth[] = []
    for (const { ats, watched } of this.plays.values()) {
      let reached = 0
      for (let i = 0; i < ats.length; i++) {
        if (watched[i]! <= reached) continue
        steps.push({ at: ats[i]!, grown_ms: watched[i]! - reached })
        reached = watched[i]!
      }
    }
    return this.plays.size > 1 ? steps.sort((a, b) => a.at - b.at) : steps
  }
}

/** The number of clicks at or before `at`. Counted from the end: events mostly come in order. */
function placeOfClick(ascending: readonly number[], at: number): number {
  let place = ascending.length
  while (place > 0 && ascending[place - 1]! > at) place--
  return place
}

/** The number of records at or before (at, watchedMs). */
function placeOfWatch({ ats, watched }: Play, at: number, watchedMs: number): number {
  let place = ats.length
  while (place > 0 && (ats[place - 1]! > at || (ats[place - 1] === at && watched[place - 1]! > watchedMs))) place--
  return place
}

/** Mostly at the end, where it costs least. */
function insert(numbers: number[], place: number, value: number): void {
  if (place === numbers.length) numbers.push(value)
  else numbers.splice(place, 0, value)
}
