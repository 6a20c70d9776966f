import { describe, expect, it } from '@jest/globals'
import { decode, encode, eventNameOf } from '../../../schemas/codec.js'
import { eventNames, sampleEvents } from '../../helpers/sample-events.js'

describe('codec: event ↔ single-object encoded Avro', () => {
  it.each(eventNames)('gives back every field of a full %s', (name) => {
    const bytes = encode(name, sampleEvents[name])
    expect(bytes.subarray(0, 2).toString('hex')).toBe('c301')
    expect(eventNameOf(bytes)).toBe(name)
    expect({ ...decode(name, bytes) }).toEqual(sampleEvents[name])
  })
})
