import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { RecordError } from '../../../errors/errors.js'
import type { EventName } from '../../../schemas/events.js'
import { parseEvent } from '../../../schemas/parse-event.js'
import { eventNames, sampleEvents } from '../../helpers/sample-events.js'

const problem = (name: EventName, json: unknown): string => {
  try {
    parseEvent(name, json)
    return 'none'
  } catch (error) {
    if (error instanceof RecordError) return `${error.code}: ${error.message}`
    throw error
  }
}

const click = sampleEvents.ResultClicked
const shown = sampleEvents.ResultsShown
const json = (name: EventName): unknown => JSON.parse(JSON.stringify(sampleEvents[name]))

describe('parseEvent: JSON → event', () => {
  it.each(eventNames.filter((name) => name !== 'DeadLettered'))('takes a full %s as it is', (name) => {
    expect(parseEvent(name, json(name))).toEqual(sampleEvents[name])
  })

  it('fills missing optional fields with their defaults', () => {
    const { request_id, at, user_id, video_id } = click
    expect(parseEvent('ResultClicked', { request_id, at, user_id, video_id })).toEqual({ ...click, position: null })
    const watch = { request_id, at, user_id, video_id, play_id: 'p', watched_ms: 1 }
    expect(parseEvent('VideoWatched', watch)).toEqual({ ...watch, duration_ms: null, autoplay: false })
  })

  it('keeps experiments named like the insides of JavaScript', () => {
    const variants: unknown = JSON.parse('{"__proto__":"a","constructor":"b"}')
    expect(Object.entries(parseEvent('ResultsShown', { ...shown, variants }).variants)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ])
  })

  it.each([
    ['a misspelt field', { ...click, postion: 2 }, 'postion is no field (the fields are request_id, at,'],
    ['a field named __proto__', JSON.parse('{"__proto__":{"at":5}}'), '__proto__ is no field'],
    ['a field named constructor', { ...click, constructor: 5 }, 'constructor is no field'],
    ['a missing field', { ...click, at: undefined }, 'at is missing'],
    ['a number as text', { ...click, at: '5' }, 'at is "5", not an integer'],
    ['a fraction', { ...click, at: 0.5 }, 'at is 0.5, not an integer'],
    ['NaN', { ...click, at: NaN }, 'at is NaN, not an integer'],
    ['infinity', { ...click, at: Infinity }, 'at is Infinity, not an integer'],
    ['a number beyond 2^53', { ...click, at: 2 ** 60 }, 'at is 1152921504606847000, not an integer'],
    ['a boolean as number', { ...click, at: true }, 'at is true, not an integer'],
    ['null for a required field', { ...click, user_id: null }, 'user_id is null, not a string'],
    ['an object as id', { ...click, user_id: {} }, 'user_id is an object, not a string'],
    ['half a character', { ...click, user_id: 'a\ud800' }, 'user_id holds half a surrogate pair'],
    ['an array', [], 'the value is an array, not an object'],
    ['null', null, 'the value is null, not an object'],
    ['text', 'at', 'the value is "at", not an object'],
    ['an empty id', { ...click, user_id: '' }, 'user_id is empty'],
  ])('refuses %s', (_, value, message) => {
    expect(problem('ResultClicked', value)).toMatch(/^RECORD_INVALID: /)
    expect(problem('ResultClicked', value)).toContain(message)
  })

  it.each([
    ['results[0].video_id is 7, not a string', { ...shown, results: [{ video_id: 7, position: 1 }] }],
    ['results[1] is null, not an object', { ...shown, results: [shown.results[0], null] }],
    ['results is an object, not an array', { ...shown, results: {} }],
    ['variants.ranker is 5, not a string', { ...shown, variants: { ranker: 5 } }],
    ['variants is an array, not an object', { ...shown, variants: [] }],
  ])('names the nested field: %s', (message, value) => {
    expect(problem('ResultsShown', value)).toContain(message)
  })

  it('names all problems of one event', () => {
    const message = problem('ResultClicked', { at: '1' })
    for (const part of ['request_id is missing', 'at is "1"', 'user_id is missing', 'video_id is missing']) {
      expect(message).toContain(part)
    }
  })

  it('names the symbols of an enum', () => {
    expect(problem('OcrRecognized', { ...sampleEvents.OcrRecognized, source: 'toString' })).toContain(
      'source is "toString", not one of cover, frame',
    )
  })

  it('never throws anything but a RecordError, whatever the JSON', () => {
    fc.assert(
      fc.property(fc.constantFrom(...eventNames), fc.jsonValue(), (name, value) => {
        problem(name, value)
      }),
    )
  })
})
