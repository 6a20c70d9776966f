import type { ResultClicked, ResultsShown, UnusedReason, VideoWatched } from '../../schemas/events.js'
import { topicOf, type LogRecord, type Phase } from './log.js'
import type { ClosedRequest } from './oracle-outcome.js'

export interface OracleOptions {
  windowMs: number
  outOfOrdernessMs: number
  /** The largest arrival delay of the log: tells which late records surely find their request still open. */
  maxDelayMs: number
  /** Wall-clock time at which the log is sent, epoch ms. */
  sentAt: number
}

export type Verdict = 'used' | UnusedReason

export interface Judged {
  record: LogRecord
  /** One verdict, or those that the rules leave open: reasons may overlap, and arrival decides late or orphan. */
  allowed: readonly Verdict[]
}

export interface Judgement {
  /** By record id. */
  verdicts: Map<number, Judged>
  requests: ClosedRequest[]
  /** Every valid event, also those that no outcome used. */
  valid: { shown: ResultsShown[]; clicks: ResultClicked[]; watches: VideoWatched[] }
}

const MINUTE_MS = 60_000
const THIRTY_DAYS_MS = 30 * 24 * 60 * MINUTE_MS

/** One request id's valid records, in log order. */
interface Family {
  impressions: Entry<ResultsShown>[]
  behavior: Entry<ResultClicked | VideoWatched>[]
}

interface Entry<Event> {
  record: LogRecord
  event: Event
  closedBefore: number | null
}

/** Decides for each record of the log whether it counts, request by request: no streaming, no watermarks. */
export const judge = (phases: readonly Phase[], options: OracleOptions): Judgement => {
  const judgement: Judgement = { verdicts: new Map(), requests: [], valid: { shown: [], clicks: [], watches: [] } }
  const families = new Map<string, Family>()
  for (const { closedBefore, records } of phases) {
    for (const record of records) {
      if (isDead(record, options.sentAt)) {
        judgement.verdicts.set(record.id, { record, allowed: ['dead'] })
        continue
      }
      file(record, closedBefore, families, judgement.valid)
    }
  }
  for (const family of families.values()) judgeFamily(family, options, judgement)
  return judgement
}

const file = (
  record: LogRecord,
  closedBefore: number | null,
  families: Map<string, Family>,
  valid: Judgement['valid'],
): void => {
  const { content } = record
  if (content.event === 'bytes') throw new Error('bytes are dead')
  const requestId = content.value.request_id
  const family = families.get(requestId) ?? { impressions: [], behavior: [] }
  families.set(requestId, family)
  if (content.event === 'ResultsShown') {
    family.impressions.push({ record, event: content.value, closedBefore })
    valid.shown.push(content.value)
    return
  }
  family.behavior.push({ record, event: content.value, closedBefore })
  if (content.event === 'ResultClicked') valid.clicks.push(content.value)
  else valid.watches.push(content.value)
}

const judgeFamily = (family: Family, options: OracleOptions, { verdicts, requests }: Judgement): void => {
  const conclude = ({ record }: Entry<unknown>, allowed: readonly Verdict[]) =>
    verdicts.set(record.id, { record, allowed })
  const isLate = ({ event, closedBefore }: Entry<ResultsShown>) =>
    closedBefore !== null && event.at + options.windowMs <= closedBefore

  const inTime = family.impressions.filter((entry) => !isLate(entry))
  const late = family.impressions.filter(isLate)
  const [first, ...copies] = inTime
  if (first) conclude(first, ['used'])
  copies.forEach((entry) => conclude(entry, ['duplicate']))
  late.forEach((entry, n) => conclude(entry, n === 0 ? ['late'] : ['late', 'duplicate']))

  const request: ClosedRequest | null = first ? { shown: first.event, clicks: [], watches: [] } : null
  const seen = new Set<string>()
  for (const entry of family.behavior) {
    const identity = identityOf(entry.event)
    const verdict = judgeBehavior(entry, request, { ...options, wasLate: late.length > 0 })
    const again = seen.has(identity)
    seen.add(identity)
    // Equal records share their fate, so that the second of two used ones is the duplicate; of two unused ones the
    // second may be called either.
    if (verdict.includes('used')) conclude(entry, again ? ['duplicate'] : ['used'])
    else conclude(entry, again ? [...verdict, 'duplicate'] : verdict)
    if (!request || again || !verdict.includes('used')) continue
    if ('play_id' in entry.event) request.watches.push(entry.event)
    else request.clicks.push(entry.event)
  }
  if (request) requests.push(request)
}

/** Would this click or watch count, if it is the first of its kind? */
const judgeBehavior = (
  { event, closedBefore }: Entry<ResultClicked | VideoWatched>,
  request: ClosedRequest | null,
  { windowMs, outOfOrdernessMs, maxDelayMs, wasLate }: OracleOptions & { wasLate: boolean },
): readonly Verdict[] => {
  if (!request) return wasLate ? ['orphan', 'late'] : ['orphan']
  const windowEnd = request.shown.at + windowMs
  const wasShown = request.shown.results.some(({ video_id }) => video_id === event.video_id)
  // A closed request is forgotten, so that its records may also count as those of an unknown one.
  if (closedBefore !== null && windowEnd <= closedBefore) return ['late', 'orphan']
  if (event.at >= windowEnd) {
    const surelyOpen = event.at + maxDelayMs - outOfOrdernessMs < windowEnd
    return surelyOpen && wasShown ? ['late'] : ['late', 'orphan']
  }
  return wasShown ? ['used'] : ['orphan']
}

/** What makes two clicks, or two watches, of a request equal. */
const identityOf = (event: ResultClicked | VideoWatched): string =>
  'play_id' in event
    ? JSON.stringify(['watch', event.video_id, event.play_id, event.at, event.watched_ms])
    : JSON.stringify(['click', event.video_id, event.at])

/** Can this record never be processed? */
export const isDead = ({ topic, content, damage }: LogRecord, sentAt: number): boolean => {
  if (content.event === 'bytes' || damage !== null || topicOf[content.event] !== topic) return true
  const { value } = content
  const isId = (id: string) => id.length > 0 && id.length <= 1024
  const isPosition = (position: number) => Number.isInteger(position) && position >= 1
  const isLength = (ms: number | null) => ms === null || (Number.isInteger(ms) && ms >= 0 && ms <= THIRTY_DAYS_MS)
  if (!isId(value.request_id) || !isId(value.user_id)) return true
  if (value.at < 0 || value.at > sentAt + 10 * MINUTE_MS) return true
  if (content.event === 'ResultsShown') {
    const { query, results } = content.value
    if (Array.from(query).length > 1000 || results.length > 1000) return true
    return !results.every((r) => isId(r.video_id) && isPosition(r.position) && isLength(r.duration_ms))
  }
  if (!isId(content.value.video_id)) return true
  if (content.event === 'ResultClicked') return content.value.position !== null && !isPosition(content.value.position)
  const { play_id, watched_ms, duration_ms } = content.value
  return !isId(play_id) || !isLength(watched_ms) || !isLength(duration_ms)
}
