import { crowdTopics, recordOf, type CrowdEvent, type CrowdRecord } from './crowd-event.js'
import type { DemoParameters } from './parameters.js'
import { between, type Random } from './random.js'
import type { Visit } from './visit.js'

/**
 * How the events of one visit reach the log: each after a delay of its own, so out of order; some twice, some so late
 * that their window has closed, some without the impression that they belong to.
 */
export function deliver(visit: Visit, events: readonly CrowdEvent[], p: DemoParameters, random: Random): CrowdRecord[] {
  const { network } = p
  const lost = random() < network.impressionLost
  const sent = [...events, ...returning(visit, events, p, random)].map((event) => astray(event, p, random))
  return sent
    .filter((event) => !(lost && event.name === 'ResultsShown'))
    .flatMap((event) => {
      const record = recordOf(event, event.value.at + delayMs(p, random))
      if (random() >= network.redelivered) return [record]
      return [record, { ...record, sendAt: record.sendAt + Math.ceil(random() * network.redeliveredWithinMs) }]
    })
}

function delayMs({ network, time }: DemoParameters, random: Random): number {
  const fate = random()
  if (fate < network.offline) return time.windowMs + time.outOfOrdernessMs + Math.round(between(random, 500, 1_500))
  if (fate < network.offline + network.stragglers) {
    return Math.round(between(random, network.delayMs[1], time.outOfOrdernessMs * 0.8))
  }
  return Math.round(between(random, ...network.delayMs))
}

/** A tab that was left open: the user clicks once more when the window is over. */
function returning(visit: Visit, events: readonly CrowdEvent[], p: DemoParameters, random: Random): CrowdEvent[] {
  const click = events.find((event) => event.name === 'ResultClicked')
  if (!click || random() >= p.network.returns) return []
  const at = visit.shownAt + Math.round(p.time.windowMs * between(random, 1, 1.4))
  return [{ name: 'ResultClicked', value: { ...click.value, at } }]
}

/** A client's mistake: the click names a video that was not shown. */
const astray = (event: CrowdEvent, p: DemoParameters, random: Random): CrowdEvent =>
  event.name === 'ResultClicked' && random() < p.network.strayClicks
    ? { name: 'ResultClicked', value: { ...event.value, video_id: 'not-shown' } }
    : event

const YEAR_2100 = Date.UTC(2100, 0)

/** Records that broken clients send; each is refused for a reason of its own. Takes them in turn. */
export function malformed(turn: number, requestId: string, at: number): CrowdRecord {
  const click = { request_id: requestId, at, user_id: 'broken', video_id: 'v0000', position: 1 }
  const watch = { ...click, play_id: 'p', watched_ms: 1_000, duration_ms: null, autoplay: false }
  const page = {
    ...{ request_id: requestId, at, user_id: 'broken', query: '', device: 'phone', variants: {} },
    ...{ results: [{ video_id: 'v0000', position: 1, duration_ms: null }], model_set: null, served_features_at: null },
  }
  const key = requestId
  const kinds: (() => CrowdRecord)[] = [
    () => ({ sendAt: at, topic: crowdTopics.VideoWatched, key, bytes: Buffer.from('{"this": "is not Avro"}') }),
    () => ({ sendAt: at, topic: crowdTopics.ResultClicked, key, bytes: Buffer.alloc(0) }),
    () => recordOf({ name: 'ResultsShown', value: { ...page, query: '长'.repeat(1_001) } }, at),
    () => recordOf({ name: 'VideoWatched', value: { ...watch, watched_ms: -1 } }, at),
    () => recordOf({ name: 'ResultsShown', value: { ...page, at: YEAR_2100 } }, at),
    () => recordOf({ name: 'ResultClicked', value: { ...click, video_id: '' } }, at),
  ]
  return { ...kinds[turn % kinds.length]!(), broken: true }
}
