import { beforeAll, describe, expect, it } from '@jest/globals'
import { loadViewThresholds } from '../../../schemas/policies/view-thresholds.js'
import type { TileCounted } from '../../../schemas/events.js'
import { countEngagement } from '../../../streams/behavior/count-engagement.js'
import type { BehaviorEvent } from '../../../streams/behavior/request-window.js'
import { joinOutcomes } from '../../../streams/behavior/join-outcomes.js'
import { loadLabelPolicy } from '../../../streams/behavior/label-policy.js'
import { labelRequest } from '../../../streams/behavior/label-samples.js'
import { drive, type Driver } from '../../../streams/runtime/drive.js'
import { topics } from '../../../streams/topics.js'
import { differences } from '../../chaos/compare.js'
import { defaultLog, generateLog, maxDelayMs } from '../../chaos/generate.js'
import { inputTopics, type InputTopic, type LogRecord } from '../../chaos/log.js'
import { expectedOf } from '../../chaos/oracle.js'
import { createRandom, type Random } from '../../chaos/random.js'
import { isEmpty } from '../../chaos/read-stores.js'
import { bytesOf } from '../../chaos/send-log.js'
import { verdictDifferences, type Place } from '../../chaos/verdicts.js'

const options = { ...defaultLog, requests: 200, seed: 7 }
const nowMs = options.startAt + 86_400_000
const phases = generateLog(options)
const expected = expectedOf(phases, { ...options, maxDelayMs: maxDelayMs(options), sentAt: nowMs })

const time = { outOfOrdernessMs: options.outOfOrdernessMs, idleMs: 30_000, aheadMs: 300_000, clock: 'replay' as const }
const joiner = joinOutcomes({ windowMs: options.windowMs, thresholds: loadViewThresholds(), announceMs: 1000 })
const topicOf = { [inputTopics[0]]: topics.impressions, [inputTopics[1]]: topics.clicks, [inputTopics[2]]: topics.watches } // prettier-ignore

/** Reads a phase as a consumer might: batches of any size, each topic at its own pace, commits and deaths in between. */
const feed = (driver: Driver<BehaviorEvent>, records: readonly LogRecord[], random: Random, places: Place[]): void => {
  const next = Object.fromEntries(
    inputTopics.map((topic) => [topic, places.filter((p) => p.topic === topic).length]),
  ) as Record<InputTopic, number>
  for (let start = 0; start < records.length;) {
    const chunk = records.slice(start, start + random.int(1, 80))
    start += chunk.length
    const order = inputTopics.toSorted(() => random.next() - 0.5)
    for (const topic of order) {
      const own = chunk.filter((record) => record.topic === topic)
      for (const { id } of own) places.push({ id, topic, partition: 0, offset: next[topic]++ })
      driver.sendBytes(topicOf[topic], ...own.map(bytesOf))
      if (random.chance(0.3)) driver.commit()
      if (random.chance(0.05)) driver.crash()
    }
  }
}

describe('behavior streams, driven without Kafka through commits and deaths, against the oracle', () => {
  const driver = drive(joiner, { time, nowMs })
  const places: Place[] = []

  beforeAll(() => {
    const random = createRandom(3)
    for (const { records } of phases) feed(driver, records, random, places)
    for (const topic of Object.values(topicOf)) driver.send(topic, { watermark: nowMs })
  })

  it('joins every outcome exactly once, with every field right', () => {
    const closed = driver.emitted(topics.outcomes)
    const actual = closed.flatMap(({ outcomes, ...request }) => outcomes.map((outcome) => ({ ...request, ...outcome })))
    const fields = Object.keys(expected.outcomes[0]!) as (keyof (typeof actual)[number])[]
    const keyOf = (row: (typeof actual)[number]) => [row.request_id, row.video_id]
    expect(differences({ what: 'outcomes', expected: expected.outcomes, actual, keyOf, fields })).toBe('')
  })

  it('gives every record that was not used its reason', () => {
    const unused = driver
      .emitted(topics.unused)
      .flatMap(({ partition, entries }) => entries.map((entry) => ({ ...entry, partition })))
    const wrong = verdictDifferences(expected.verdicts, places, unused)
    expect([wrong.length, ...wrong.slice(0, 10)]).toEqual([0])
  })

  it('labels every outcome', () => {
    const policies = [loadLabelPolicy('perception-v1'), loadLabelPolicy('content-v1')]
    const actual = driver.emitted(topics.outcomes).flatMap((request) => labelRequest(request, policies, []).samples)
    const fields = Object.keys(expected.samples[0]!) as (keyof (typeof actual)[number])[]
    const keyOf = (row: (typeof actual)[number]) => [row.request_id, row.video_id, row.domain, row.policy]
    expect(differences({ what: 'samples', expected: expected.samples, actual, keyOf, fields })).toBe('')
  })

  it('counts every tile', () => {
    const counter = drive(countEngagement({ windowMs: options.windowMs, skewMs: options.windowMs }), { nowMs })
    const random = createRandom(4)
    for (const change of driver.emitted(topics.engagementDeltas)) {
      counter.send(topics.engagementDeltas, change)
      if (random.chance(0.3)) counter.commit()
      if (random.chance(0.02)) counter.crash()
    }
    const last = new Map<string, TileCounted>()
    for (const tile of counter.emitted(topics.engagement)) {
      last.set(JSON.stringify([tile.video_id, tile.query, tile.tile]), tile)
    }
    const actual = [...last.values()].filter((tile) => !isEmpty(tile))
    const fields = ['impressions', 'clicks', 'watched_ms', 'long_clicks', 'completes'] as const
    const keyOf = (row: (typeof expected.tiles)[number]) => [row.video_id, row.query, row.tile]
    expect(differences({ what: 'tiles', expected: expected.tiles, actual, keyOf, fields })).toBe('')
  })
})
