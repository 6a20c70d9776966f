import type { ResultClicked, ResultsShown, VideoOutcome, VideoWatched } from '../../schemas/events.js'
import type { ViewThresholds } from '../../schemas/policies/view-thresholds.js'
import { contributionOf, type Share } from './contribution.js'
import type { Contributor } from './engagement-changes.js'
import { outcomeOf, type ShownResult } from './outcome.js'
import { VideoHistory } from './video-history.js'

export type Reaction = ResultClicked | VideoWatched

export const isWatch = (event: Reaction): event is VideoWatched => 'play_id' in event

/** Most videos that are shown are never touched: they share this, and it stays empty. */
const untouched = new VideoHistory()

/** A video that a request showed, and what its user did with it. */
export class ShownVideo implements Contributor {
  told: readonly Share[] = []
  isTouched = false
  private history = untouched

  constructor(
    private readonly shown: ResultsShown,
    private readonly result: ShownResult,
    /** What it contributes for having been shown. */
    private readonly impression: readonly Share[],
    private readonly thresholds: ViewThresholds,
  ) {}

  get videoId(): string {
    return this.result.video_id
  }

  get query(): string {
    return this.shown.query
  }

  has(event: Reaction): boolean {
    return isWatch(event) ? this.history.hasWatch(event) : this.history.hasClick(event.at)
  }

  add(event: Reaction): void {
    if (this.history === untouched) this.history = new VideoHistory()
    if (isWatch(event)) this.history.addWatch(event)
    else this.history.addClick(event.at)
  }

  contribution(): readonly Share[] {
    if (this.history === untouched) return this.impression
    return contributionOf(this.shown.at, this.result, this.history, this.thresholds)
  }

  outcome(): VideoOutcome {
    return outcomeOf(this.result, this.history, this.thresholds)
  }
}
