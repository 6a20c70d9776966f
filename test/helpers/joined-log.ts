import type { RecordsUnused, RequestClosed } from '../../schemas/events.js'
import { loadViewThresholds } from '../../schemas/policies/view-thresholds.js'
import { joinOutcomes } from '../../streams/behavior/join-outcomes.js'
import { drive } from '../../streams/runtime/drive.js'
import type { SinkRecord } from '../../streams/sinks/sink.js'
import { topics } from '../../streams/topics.js'
import type { Phase } from '../chaos/log.js'
import { isDead } from '../chaos/oracle-judge.js'
import { bytesOf } from '../chaos/send-log.js'

/** A behavior log as it lies in Kafka, and what the real joiner made of it. */
export interface JoinedLog {
  readonly raw: SinkRecord<'ResultsShown' | 'ResultClicked' | 'VideoWatched'>[]
  readonly outcomes: SinkRecord<'RequestClosed'>[]
  readonly unused: SinkRecord<'RecordsUnused'>[]
}

const inputs = { ResultsShown: topics.impressions, ResultClicked: topics.clicks, VideoWatched: topics.watches } as const

/** Joins a log in one partition and ends it, so that all windows close. */
export function joinLog(
  phases: readonly Phase[],
  { windowMs, outOfOrdernessMs }: { windowMs: number; outOfOrdernessMs: number },
): JoinedLog {
  const fold = joinOutcomes({ windowMs, thresholds: loadViewThresholds(), announceMs: windowMs })
  const receivedAt = Date.UTC(2026, 5, 1)
  const driver = drive(fold, { time: { outOfOrdernessMs, aheadMs: Infinity }, nowMs: receivedAt })
  const raw: JoinedLog['raw'] = []
  const next = new Map<string, number>()
  for (const record of phases.flatMap(({ records }) => records)) {
    const topic = Object.values(inputs).find(({ name }) => name === record.topic)!
    const offset = next.get(topic.name) ?? 0
    next.set(topic.name, offset + 1)
    driver.sendBytes(topic, bytesOf(record))
    if (isDead(record, receivedAt) || record.content.event === 'bytes') continue
    const { event, value } = record.content
    raw.push({ topic: topic.name, partition: 0, offset, receivedAt, event, value } as SinkRecord<typeof event>)
  }
  const end = Math.max(...raw.map(({ value }) => value.at)) + 2 * windowMs
  for (const topic of Object.values(inputs)) driver.send(topic, { watermark: end })
  const written = <Event extends 'RequestClosed' | 'RecordsUnused'>(
    event: Event,
    values: (Event extends 'RequestClosed' ? RequestClosed : RecordsUnused)[],
  ) => values.map((value, offset) => ({ topic: event, partition: 0, offset, receivedAt, event, value }))
  return {
    raw,
    outcomes: written('RequestClosed', driver.emitted(topics.outcomes)),
    unused: written('RecordsUnused', driver.emitted(topics.unused)),
  }
}
