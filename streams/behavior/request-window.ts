import type { RequestClosed, ResultClicked, ResultsShown, UnusedReason, VideoWatched } from '../../schemas/events.js'
import type { ViewThresholds } from '../../schemas/policies/view-thresholds.js'
import type { Contributor } from './engagement-changes.js'
import type { ShownResult } from './outcome.js'
import { isWatch, ShownVideo, untouchedOutcome, type Reaction } from './shown-video.js'

export type BehaviorEvent = ResultsShown | ResultClicked | VideoWatched

/** A behavior event with its place in the inputs. */
export interface Placed<E extends BehaviorEvent = BehaviorEvent> {
  readonly input: number
  readonly offset: number
  readonly event: E
}

/** What a request tells whoever keeps it. */
export interface RequestListener {
  used(record: Placed): void
  unused(record: Placed, reason: UnusedReason): void
  closed(request: RequestClosed): void
  shown(videos: readonly ShownResult[], query: string, at: number): void
  /** What the reactions to a video add to the engagement tiles may have changed. */
  touched(video: Contributor): void
}

export interface RequestRules {
  readonly windowMs: number
  readonly thresholds: ViewThresholds
}

/** What makes two reactions the same one. */
const identityOf = (event: Reaction): string =>
  isWatch(event)
    ? JSON.stringify([event.video_id, event.at, event.play_id, event.watched_ms])
    : JSON.stringify([event.video_id, event.at])

/**
 * The events of one `request_id` while they matter (docs/rules.md).
 *
 * Reactions that come before the impression wait for it. Once it is there, each event is judged on arrival:
 * duplicate before late before orphan.
 */
export class RequestWindow {
  private shown: ResultsShown | null = null
  /** Each video once: of several listings the first counts. */
  private listed: readonly ShownResult[] = []
  /** The listed videos that somebody reacted to, by id. */
  private readonly videos = new Map<string, ShownVideo>()
  private waiting: Placed<Reaction>[] = []
  private waitingDue = Infinity
  /** Identities of reactions that were not used, to recognise their copies. */
  private refused: Set<string> | null = null
  private closed = false
  private forgotten = false
  private lastImpressionAt = -Infinity

  constructor(
    private readonly rules: RequestRules,
    private readonly listener: RequestListener,
  ) {}

  take(record: Placed, watermark: number): void {
    if ('results' in record.event) this.takeImpression(record as Placed<ResultsShown>, watermark)
    else this.takeReaction(record as Placed<Reaction>)
  }

  private takeImpression(record: Placed<ResultsShown>, watermark: number): void {
    const { event } = record
    this.lastImpressionAt = Math.max(this.lastImpressionAt, event.at)
    if (this.shown) return this.listener.unused(record, 'duplicate')
    this.shown = event
    if (this.end <= watermark) {
      this.closed = true
      this.listener.unused(record, 'late')
    } else {
      this.listener.used(record)
      this.show(event)
    }
    const waiting = this.waiting
    this.waiting = []
    for (const reaction of waiting) this.judge(reaction)
  }

  private takeReaction(record: Placed<Reaction>): void {
    if (this.shown) return this.judge(record)
    this.waiting.push(record)
    this.waitingDue = Math.min(this.waitingDue, this.endOf(record.event.at))
  }

  nextDue(): number {
    if (this.forgotten) return Infinity
    if (!this.shown) return this.waitingDue
    // A request is remembered until the watermark has *passed* this time: whole milliseconds, so one more.
    return this.closed ? this.endOf(this.lastImpressionAt) + 1 : this.end
  }

  act(watermark: number): 'intact' | 'shrunk' {
    if (!this.shown) return this.orphanWaiting(watermark)
    if (!this.closed) this.close()
    else this.forgotten = true
    return 'intact'
  }

  /** The records that still wait for their impression. */
  held(): (readonly [input: number, offset: number])[] {
    return this.waiting.map(({ input, offset }) => [input, offset] as const)
  }

  private get end(): number {
    return this.endOf(this.shown!.at)
  }

  private endOf(at: number): number {
    return at + this.rules.windowMs
  }

  private show({ at, query, results }: ResultsShown): void {
    this.listed = firstListings(results)
    this.listener.shown(this.listed, query, at)
  }

  private judge(record: Placed<Reaction>): void {
    const { event } = record
    if (this.isCopy(event)) return this.listener.unused(record, 'duplicate')
    if (this.closed || event.at >= this.end) return this.refuse(record, 'late')
    const video = this.videoOf(event.video_id)
    if (!video) return this.refuse(record, 'orphan')
    video.add(event)
    this.listener.used(record)
    this.listener.touched(video)
  }

  private isCopy(event: Reaction): boolean {
    return this.videos.get(event.video_id)?.has(event) === true || this.refused?.has(identityOf(event)) === true
  }

  private videoOf(id: string): ShownVideo | undefined {
    let video = this.videos.get(id)
    if (video) return video
    const result = this.listed.find(({ video_id }) => video_id === id)
    if (!result) return undefined
    video = new ShownVideo(this.shown!.query, result, this.rules.thresholds)
    this.videos.set(id, video)
    return video
  }

  private refuse(record: Placed<Reaction>, reason: UnusedReason): void {
    ;(this.refused ??= new Set()).add(identityOf(record.event))
    this.listener.unused(record, reason)
  }

  private close(): void {
    const { request_id, user_id, query, at, device, variants, model_set, served_features_at } = this.shown!
    const outcomes = this.listed.map(
      (result) => this.videos.get(result.video_id)?.outcome() ?? untouchedOutcome(result, this.rules.thresholds),
    )
    this.closed = true
    const request = {
      request_id,
      user_id,
      query,
      shown_at: at,
      device,
      variants,
      model_set,
      served_features_at,
      outcomes,
    }
    this.listener.closed(request)
  }

  private orphanWaiting(watermark: number): 'intact' | 'shrunk' {
    const due = this.waiting.filter(({ event }) => this.endOf(event.at) <= watermark)
    this.waiting = this.waiting.filter(({ event }) => this.endOf(event.at) > watermark)
    const seen = new Set<string>()
    for (const record of due) {
      const identity = identityOf(record.event)
      this.listener.unused(record, seen.has(identity) ? 'duplicate' : 'orphan')
      seen.add(identity)
    }
    this.waitingDue = this.waiting.reduce((first, { event }) => Math.min(first, this.endOf(event.at)), Infinity)
    this.forgotten = this.waiting.length === 0
    return this.forgotten ? 'intact' : 'shrunk'
  }
}

function firstListings(results: readonly ShownResult[]): readonly ShownResult[] {
  const seen = new Set(results.map(({ video_id }) => video_id))
  return seen.size === results.length ? results : results.filter(({ video_id }) => seen.delete(video_id))
}
