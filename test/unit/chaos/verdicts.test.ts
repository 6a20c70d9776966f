import { describe, expect, it } from '@jest/globals'
import { expectedOf } from '../../chaos/oracle.js'
import { senderFaults, verdictDifferences, type Place } from '../../chaos/verdicts.js'
import { clicked, phase, shown, SHOWN_AT } from './events.js'

describe('verdicts', () => {
  const options = { windowMs: 60_000, outOfOrdernessMs: 20_000, maxDelayMs: 16_000, sentAt: SHOWN_AT }
  const { verdicts } = expectedOf([phase([shown(), clicked(1), clicked(60_000)])], options)
  const place = (id: number, topic: Place['topic'], offset: number): Place => ({ id, topic, partition: 0, offset })
  const places = [place(0, 'search.impressions', 0), place(1, 'search.clicks', 0), place(2, 'search.clicks', 1)]
  const unused = (offset: number, reason: string) => ({ topic: 'search.clicks', partition: 0, offset, reason })

  it('agree record by record, and say which one does not', () => {
    expect(verdictDifferences(verdicts, places, [unused(1, 'late')])).toEqual([])
    const wrong = verdictDifferences(verdicts, places, [unused(0, 'late'), unused(7, 'orphan')])
    expect(wrong.map((text) => text.split(':')[0])).toEqual([
      'search.clicks 0 0 is late, expected used',
      'search.clicks 0 1 is used, expected late',
      'search.clicks 0 7 is orphan, but no record of the log is there',
    ])
  })

  it('do not blame the product for what the sender did', () => {
    expect(senderFaults(verdicts, places)).toEqual([])
    expect(senderFaults(verdicts, [places[2]!, places[1]!, places[1]!])).toEqual([
      'record 0 was not sent',
      'record 1 was sent twice',
      'record 1 comes after 2 in search.clicks 0',
    ])
  })
})
