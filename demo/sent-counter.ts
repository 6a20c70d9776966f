import type { Topic } from '../streams/topics.js'
import type { CrowdRecord } from './crowd-event.js'

/** Counts what the brokers have confirmed, per topic and over the last second. */
export class SentCounter {
  private readonly byTopic = new Map<Topic, number>()
  private recent: { atMs: number; count: number }[] = []

  add(records: readonly CrowdRecord[], nowMs = Date.now()): void {
    for (const { topic } of records) this.byTopic.set(topic, this.of(topic) + 1)
    this.recent.push({ atMs: nowMs, count: records.length })
  }

  of(topic: Topic): number {
    return this.byTopic.get(topic) ?? 0
  }

  get total(): number {
    return [...this.byTopic.values()].reduce((sum, count) => sum + count, 0)
  }

  perSecond(nowMs = Date.now()): number {
    this.recent = this.recent.filter(({ atMs }) => atMs > nowMs - 1_000)
    return this.recent.reduce((sum, { count }) => sum + count, 0)
  }
}
