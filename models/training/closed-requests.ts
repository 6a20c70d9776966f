import type { RequestClosed } from '../../schemas/events.js'
import { RequestWindow, type BehaviorEvent, type RequestListener } from '../../streams/behavior/request-window.js'
import type { RequestRules } from '../../streams/behavior/request-window.js'
import { KeyedWindows } from '../../streams/runtime/keyed-windows.js'
import type { WorldEvent } from '../world/read-events.js'

const inputs: readonly string[] = ['ResultsShown', 'ResultClicked', 'VideoWatched']

/** Records between two purges of requests that nobody can react to any more. */
const PURGE_EVERY = 10_000

export interface JoinRules extends RequestRules {
  /** How far an event may lie behind the newest one and still be in time. */
  readonly outOfOrdernessMs: number
}

/**
 * What became of the requests of a log: the joiner's own rule (streams/behavior/request-window.ts), without Kafka. All
 * topics stand in one file in order of time, so the newest event is the watermark, less the disorder that is allowed.
 * Memory holds the requests whose window is open.
 */
export class RequestJoiner {
  private readonly windows: KeyedWindows<RequestWindow>
  private readonly positions = inputs.map(() => 0)
  private closed: RequestClosed[] = []
  private watermark = -Infinity
  private newest = -Infinity

  constructor(private readonly rules: JoinRules) {
    const listener: RequestListener = {
      used: () => undefined,
      unused: () => undefined,
      closed: (request) => this.closed.push(request),
      shown: () => undefined,
      touched: () => undefined,
    }
    this.windows = new KeyedWindows(inputs.length, {
      create: () => new RequestWindow(rules, listener),
      nextDue: (request) => request.nextDue(),
      act: (request, watermark) => request.act(watermark),
      held: (request) => request.held(),
    })
  }

  /** Takes an event, of whatever topic, and tells of the requests that closed by it. */
  take({ name, event }: WorldEvent): RequestClosed[] {
    const input = inputs.indexOf(name)
    if (input >= 0) this.apply(input, event as BehaviorEvent)
    return this.taken()
  }

  /** After the last event: what is still open closes. */
  end(): RequestClosed[] {
    this.windows.advance(this.newest + this.rules.windowMs + 1)
    return this.taken()
  }

  private apply(input: number, event: BehaviorEvent): void {
    const offset = this.positions[input]!++
    const record = { input, offset, event }
    const aliveUntil = event.at + this.rules.windowMs
    this.newest = Math.max(this.newest, event.at)
    this.watermark = this.newest - this.rules.outOfOrdernessMs
    this.windows.apply({ key: event.request_id, input, offset, aliveUntil }, this.watermark, (request) =>
      request.take(record, this.watermark),
    )
    this.windows.advance(this.watermark)
    if (offset % PURGE_EVERY === 0) this.windows.purge(this.positions)
  }

  private taken(): RequestClosed[] {
    const closed = this.closed
    this.closed = []
    return closed
  }
}
