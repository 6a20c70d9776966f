import { describe, expect, it } from '@jest/globals'
import { RecordError } from '../../../errors/errors.js'
import type { EventName, Events } from '../../../schemas/events.js'
import { validateEvent } from '../../../schemas/validate.js'
import { eventNames, sampleEvents } from '../../helpers/sample-events.js'

const day30 = 30 * 24 * 3_600_000
const result = { video_id: 'v', position: 1, duration_ms: 5 }

const check = <Name extends EventName>(name: Name, change: Partial<Events[Name]>, receivedAt?: number): string => {
  try {
    validateEvent(name, { ...sampleEvents[name], ...change }, receivedAt === undefined ? {} : { receivedAt })
    return 'ok'
  } catch (error) {
    if (error instanceof RecordError) return `${error.code}: ${error.message}`
    throw error
  }
}

describe('validateEvent', () => {
  it.each(eventNames)('accepts the full sample of %s', (name) => {
    expect(check(name, {})).toBe('ok')
  })

  it.each([
    ['an id of 1,024 characters', check('ResultClicked', { request_id: 'r'.repeat(1024) })],
    ['time zero', check('ResultClicked', { at: 0 })],
    ['a click without a position', check('ResultClicked', { position: null })],
    ['an empty query', check('ResultsShown', { query: '' })],
    ['a query of 1,000 emoji', check('ResultsShown', { query: '🍲'.repeat(1000) })],
    ['1,000 results', check('ResultsShown', { results: Array.from({ length: 1000 }, () => result) })],
    ['no results', check('ResultsShown', { results: [] })],
    ['30 days', check('VideoWatched', { watched_ms: day30, duration_ms: day30 })],
    ['nothing watched, unknown duration', check('VideoWatched', { watched_ms: 0, duration_ms: null })],
    ['exactly 10 minutes ahead', check('ResultClicked', { at: 600_000 }, 0)],
    ['the year 2100 where the arrival is unknown', check('ResultClicked', { at: 4_102_444_800_000 })],
    ['the distant past', check('ResultClicked', { at: 1 }, 1_700_000_000_000)],
    ['derived events as they are', check('TileCounted', { video_id: '' })],
  ])('accepts %s', (_, verdict) => {
    expect(verdict).toBe('ok')
  })

  it.each([
    [check('ResultClicked', { request_id: '' }), 'RECORD_INVALID: request_id is empty'],
    [check('ResultClicked', { user_id: 'u'.repeat(1025) }), 'RECORD_INVALID: user_id has 1025 characters, over 1024'],
    [check('ResultClicked', { video_id: '' }), 'RECORD_INVALID: video_id is empty'],
    [check('ResultClicked', { at: -1 }), 'RECORD_INVALID: at is -1; send whole milliseconds since 1970-01-01 UTC'],
    [check('ResultClicked', { at: 1e15 }), 'RECORD_INVALID: at is 1000000000000000;'],
    [check('ResultClicked', { position: 0 }), 'RECORD_INVALID: position is 0;'],
    [check('ResultClicked', { position: 2 ** 31 }), 'RECORD_INVALID: position is 2147483648;'],
    [
      check('ResultsShown', { results: [result, { ...result, position: 0 }] }),
      'RECORD_INVALID: results[1].position is 0;',
    ],
    [check('ResultsShown', { results: [{ ...result, video_id: '' }] }), 'RECORD_INVALID: results[0].video_id is empty'],
    [
      check('ResultsShown', { results: [{ ...result, duration_ms: -1 }] }),
      'RECORD_INVALID: results[0].duration_ms is -1;',
    ],
    [
      check('ResultsShown', { results: Array.from({ length: 1001 }, () => result) }),
      'TOO_MANY_RESULTS: results has 1001 entries',
    ],
    [check('ResultsShown', { query: 'q'.repeat(1001) }), 'QUERY_TOO_LONG: query has 1001 characters'],
    [check('ResultsShown', { query: '🍲'.repeat(1001) }), 'QUERY_TOO_LONG: query has 1001 characters'],
    [check('ResultsShown', { served_features_at: -5 }), 'RECORD_INVALID: served_features_at is -5;'],
    [check('VideoWatched', { play_id: '' }), 'RECORD_INVALID: play_id is empty'],
    [check('VideoWatched', { watched_ms: -1 }), 'RECORD_INVALID: watched_ms is -1;'],
    [check('VideoWatched', { watched_ms: day30 + 1 }), `RECORD_INVALID: watched_ms is ${day30 + 1};`],
    [check('VideoWatched', { duration_ms: -1 }), 'RECORD_INVALID: duration_ms is -1;'],
    [check('VideoUploaded', { account_id: '' }), 'RECORD_INVALID: account_id is empty'],
    [
      check('AsrTranscribed', { segments: [{ start_ms: 2, end_ms: 1, text: '' }] }),
      'RECORD_INVALID: segments[0].end_ms is 1, before',
    ],
    [
      check('OcrRecognized', { texts: [{ text: '', at_ms: null, confidence: NaN }] }),
      'RECORD_INVALID: texts[0].confidence is NaN;',
    ],
    [check('WatermarkReached', { watermark: -1 }), 'RECORD_INVALID: watermark is -1;'],
    [check('ResultClicked', { at: 600_001 }, 0), 'EVENT_FROM_FUTURE: at is 600001, 600001 ms after 0'],
    [check('ResultClicked', { at: 2 ** 53 - 1 }, 1_700_000_000_000), 'EVENT_FROM_FUTURE: at is 9007199254740991'],
  ])('refuses with %s', (verdict, expected) => {
    expect(verdict.slice(0, expected.length)).toBe(expected)
  })
})
