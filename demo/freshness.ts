import { setTimeout as sleep } from 'node:timers/promises'
import type { ResultsShown } from '../schemas/events.js'

/** The engagement tile in which an impression must show. */
export interface ProbeKey {
  video_id: string
  query: string
  /** Start of the tile, epoch ms. */
  tile: number
}

export interface FreshnessSummary {
  /** Event sent → seen in Redis, in ms; null before the first probe came through. */
  p50: number | null
  p99: number | null
  probes: number
  /** Probes that did not come through in time. */
  lost: number
}

export interface FreshnessOptions {
  /** Which of the tiles count an impression now, in one round trip. */
  visible: (keys: readonly ProbeKey[]) => Promise<readonly boolean[]>
  pollMs?: number
  giveUpMs?: number
  /** Most probes under way at a time: more would load the store that is measured. */
  atMost?: number
}

/** Engagement tiles are five minutes long. */
const TILE_MS = 300_000

/**
 * Measures how long an event takes from its sending until a reader of Redis can see it, on the real traffic.
 *
 * A probe is an impression whose query nobody has asked in the current tile: its (query, video) tile does not exist yet,
 * so the first time that it counts an impression, it is this one. All probes under way are polled together; a result
 * is too long by one poll at most, never too short.
 */
export class FreshnessProbes {
  private readonly asked = new Set<string>()
  private readonly underWay = new Map<ProbeKey, number>()
  private readonly latenciesMs: number[] = []
  private lost = 0
  private polling: Promise<void> | undefined
  private stopped = false

  constructor(private readonly options: FreshnessOptions) {}

  /** Tells of an impression that leaves now; `probe` false only remembers that its query was asked. */
  sent(event: ResultsShown, probe = true): void {
    const tile = Math.floor(event.at / TILE_MS) * TILE_MS
    const key = `${tile} ${event.query}`
    const first = event.results[0]
    const isFirst = !this.asked.has(key)
    this.asked.add(key)
    if (!probe || !isFirst || !first || this.underWay.size >= (this.options.atMost ?? 20) || this.stopped) return
    this.underWay.set({ video_id: first.video_id, query: event.query, tile }, performance.now())
    if (this.polling) return
    this.polling = this.poll()
    // A failed poll ends the measuring, not the demo; `stop` reports it.
    this.polling.catch(() => (this.stopped = true))
  }

  summary(): FreshnessSummary {
    const sorted = [...this.latenciesMs].sort((a, b) => a - b)
    return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), probes: sorted.length, lost: this.lost }
  }

  /** Waits for the probes under way (each comes through or is given up) and starts no more. Rejects when a poll failed. */
  async stop(): Promise<void> {
    this.stopped = true
    await this.polling
  }

  private async poll(): Promise<void> {
    const { visible, pollMs = 5, giveUpMs = 30_000 } = this.options
    while (this.underWay.size > 0) {
      const keys = [...this.underWay.keys()]
      const seen = await visible(keys)
      const now = performance.now()
      for (const [i, key] of keys.entries()) {
        const elapsedMs = now - this.underWay.get(key)!
        if (seen[i]) this.latenciesMs.push(elapsedMs)
        else if (elapsedMs >= giveUpMs) this.lost++
        else continue
        this.underWay.delete(key)
      }
      await sleep(pollMs)
    }
    this.polling = undefined
  }
}

/** Nearest rank of ascending values; null of none. */
const quantile = (sorted: readonly number[], q: number): number | null =>
  sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? null
