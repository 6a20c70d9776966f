import type { ResultClicked, VideoOutcome, VideoWatched } from '../../schemas/events.js'
import type { ViewThresholds } from '../../schemas/policies/view-thresholds.js'
import { contributionOf, type Share } from './contribution.js'
import type { Contributor } from './engagement-changes.js'
import { outcomeOf, type ShownResult } from './outcome.js'
import { VideoHistory } from './video-history.js'

export type Reaction = ResultClicked | VideoWatched

export const isWatch = (event: Reaction): event is VideoWatched => 'play_id' in event

/** A video that a request showed and its user reacted to. */
export class ShownVideo implements Contributor {
  told: readonly Share[] = []
  isTouched = false
  private readonly history = new VideoHistory()

  constructor(
    readonly query: string,
    private readonly result: ShownResult,
    private readonly thresholds: ViewThresholds,
  ) {}

  get videoId(): string {
    return this.result.video_id
  }

  has(event: Reaction): boolean {
    return isWatch(event) ? this.history.hasWatch(event) : this.history.hasClick(event.at)
  }

  add(event: Reaction): void {
    if (isWatch(event)) this.history.addWatch(event)
    else this.history.addClick(event.at)
  }

  contribution(): Share[] {
    return contributionOf(this.result, this.history, this.thresholds)
  }

  outcome(): VideoOutcome {
    return outcomeOf(this.result, this.history, this.thresholds)
  }
}

const untouched = new VideoHistory()

/** What became of a video that nobody reacted to, as most are. */
export const untouchedOutcome = (result: ShownResult, thresholds: ViewThresholds): VideoOutcome =>
  outcomeOf(result, untouched, thresholds)
