import type { ErrorCode } from '../errors/codes.js'
import { RecordError } from '../errors/errors.js'
import type { EventName, Events } from './events.js'

/** Ids longer than this are refused: they are keys of Kafka, Redis and ClickHouse. In UTF-16 units, like `length`. */
export const MAX_ID_CHARS = 1024
/** In code points, so that an emoji counts once. */
export const MAX_QUERY_CHARS = 1000
export const MAX_RESULTS = 1000
/** Experiments that one request takes part in. With the limits above, its outcomes fit into one record. */
export const MAX_VARIANTS = 100
/** Nothing plays longer than 30 days. */
export const MAX_DURATION_MS = 30 * 24 * 3_600_000
/** How far an event's own time may be ahead of the moment at which Kafka received it. */
export const FUTURE_MS = 10 * 60_000
/** The end of the year 2299: the last that a DateTime64 of ClickHouse holds. */
const MAX_TIME_MS = Date.UTC(2300, 0) - 1
/** The largest 32-bit integer, as the stores keep it. */
const MAX_POSITION = 2 ** 31 - 1

export interface Arrival {
  /** Kafka's timestamp of the record, epoch ms; without it the future is not checked. */
  readonly receivedAt?: number
  /** Default: {@link FUTURE_MS}. */
  readonly futureMs?: number
}

type Rules = { [Name in EventName]?: (event: Events[Name]) => void }

/**
 * Whether an event that fits its schema also makes sense, by the same rules for every way in. Derived events are our
 * own and are not looked at. Throws RecordError RECORD_INVALID, QUERY_TOO_LONG, TOO_MANY_RESULTS or EVENT_FROM_FUTURE,
 * whose message names the field and its value.
 */
export function validateEvent<Name extends EventName>(name: Name, event: Events[Name], arrival: Arrival = {}): void {
  const rule = rules[name] as ((event: Events[Name]) => void) | undefined
  if (rule === undefined) return
  if (arrival.receivedAt !== undefined && 'at' in event) {
    notFromFuture(event.at, arrival.receivedAt, arrival.futureMs ?? FUTURE_MS)
  }
  rule(event)
}

const rules: Rules = {
  VideoUploaded(event) {
    id('video_id', event.video_id)
    time('at', event.at)
    id('account_id', event.account_id)
    duration('duration_ms', event.duration_ms)
  },
  AsrTranscribed(event) {
    id('video_id', event.video_id)
    time('at', event.at)
    event.segments.forEach(({ start_ms, end_ms }, i) => {
      duration(`segments[${i}].start_ms`, start_ms)
      duration(`segments[${i}].end_ms`, end_ms)
      if (end_ms < start_ms) throw invalid(`segments[${i}].end_ms is ${end_ms}, before its start_ms ${start_ms}`)
    })
  },
  OcrRecognized(event) {
    id('video_id', event.video_id)
    time('at', event.at)
    event.texts.forEach(({ at_ms, confidence }, i) => {
      duration(`texts[${i}].at_ms`, at_ms)
      if (confidence !== null && !(confidence >= 0 && confidence <= 1)) {
        throw invalid(`texts[${i}].confidence is ${confidence}; it goes from 0 to 1`)
      }
    })
  },
  ResultsShown(event) {
    id('request_id', event.request_id)
    time('at', event.at)
    id('user_id', event.user_id)
    query(event.query)
    text('device', event.device)
    text('model_set', event.model_set ?? '')
    variants(event.variants)
    if (event.results.length > MAX_RESULTS) {
      const shown = event.results.length
      throw refused('TOO_MANY_RESULTS', `results has ${shown} entries; send the ${MAX_RESULTS} or fewer really shown`)
    }
    for (let i = 0; i < event.results.length; i++) {
      const result = event.results[i]!
      if (!isId(result.video_id)) id(`results[${i}].video_id`, result.video_id)
      if (!isPosition(result.position)) position(`results[${i}].position`, result.position)
      if (!isDuration(result.duration_ms)) duration(`results[${i}].duration_ms`, result.duration_ms)
    }
    if (event.served_features_at !== null) time('served_features_at', event.served_features_at)
  },
  ResultClicked(event) {
    id('request_id', event.request_id)
    time('at', event.at)
    id('user_id', event.user_id)
    id('video_id', event.video_id)
    if (event.position !== null) position('position', event.position)
  },
  VideoWatched(event) {
    id('request_id', event.request_id)
    time('at', event.at)
    id('user_id', event.user_id)
    id('video_id', event.video_id)
    id('play_id', event.play_id)
    duration('watched_ms', event.watched_ms)
    duration('duration_ms', event.duration_ms)
  },
  WatermarkReached(event) {
    time('watermark', event.watermark)
  },
}

const isId = (value: string): boolean => value.length > 0 && value.length <= MAX_ID_CHARS
const isPosition = (value: number): boolean => Number.isSafeInteger(value) && value >= 1 && value <= MAX_POSITION
const isDuration = (ms: number | null): boolean =>
  ms === null || (Number.isSafeInteger(ms) && ms >= 0 && ms <= MAX_DURATION_MS)

function id(field: string, value: string): void {
  if (isId(value)) return
  throw invalid(value === '' ? `${field} is empty` : `${field} has ${value.length} characters, over ${MAX_ID_CHARS}`)
}

/** Like an id, but it may be empty. */
function text(field: string, value: string): void {
  if (value.length > MAX_ID_CHARS) throw invalid(`${field} has ${value.length} characters, over ${MAX_ID_CHARS}`)
}

function variants(event: Readonly<Record<string, string>>): void {
  const entries = Object.entries(event)
  if (entries.length > MAX_VARIANTS) throw invalid(`variants has ${entries.length} entries, over ${MAX_VARIANTS}`)
  for (const [experiment, variant] of entries) {
    text('the name of an experiment in variants', experiment)
    text(`variants[${experiment}]`, variant)
  }
}

function time(field: string, ms: number): void {
  if (Number.isSafeInteger(ms) && ms >= 0 && ms <= MAX_TIME_MS) return
  throw invalid(`${field} is ${ms}; send whole milliseconds since 1970-01-01 UTC, before the year 2300`)
}

function duration(field: string, ms: number | null): void {
  if (!isDuration(ms))
    throw invalid(`${field} is ${ms!}; send whole milliseconds from 0 to ${MAX_DURATION_MS} (30 days)`)
}

function position(field: string, value: number): void {
  if (!isPosition(value)) throw invalid(`${field} is ${value}; positions are whole numbers from 1 to ${MAX_POSITION}`)
}

function query(text: string): void {
  if (text.length <= MAX_QUERY_CHARS) return
  const characters = codePoints(text)
  if (characters <= MAX_QUERY_CHARS) return
  throw refused('QUERY_TOO_LONG', `query has ${characters} characters; cut it to ${MAX_QUERY_CHARS}`)
}

function codePoints(text: string): number {
  let count = 0
  for (let i = 0; i < text.length; i += text.codePointAt(i)! > 0xffff ? 2 : 1) count++
  return count
}

function notFromFuture(at: number, receivedAt: number, futureMs: number): void {
  if (!(at > receivedAt + futureMs)) return
  const ahead = `${at - receivedAt} ms after ${receivedAt}, when Kafka received it`
  throw refused(
    'EVENT_FROM_FUTURE',
    `at is ${at}, ${ahead}; check the clock of the producer and the unit (milliseconds)`,
  )
}

const refused = (code: ErrorCode, message: string): RecordError => new RecordError(code, message)
const invalid = (message: string): RecordError => refused('RECORD_INVALID', message)
