import { describe, expect, it } from '@jest/globals'
import { loadViewThresholds, parseViewThresholds } from '../../../../schemas/policies/view-thresholds.js'

describe('view thresholds', () => {
  it('are 7 s, 18 s and 3,000 ms', () => {
    expect(loadViewThresholds()).toEqual({ valid_play_s: 7, long_view_s: 18, short_play_ms: 3_000 })
  })

  const document = { thresholds: 'mine', doc: '', valid_play_s: 7, long_view_s: 18, short_play_ms: 3_000 }

  it.each([
    ['valid_play_s', { valid_play_s: 0 }],
    ['long_view_s', { long_view_s: 6 }],
    ['short_play_ms', { short_play_ms: '3s' }],
  ])('refuse a wrong %s, naming file and field', (field, more) => {
    expect(() => parseViewThresholds({ ...document, ...more }, 'mine.json')).toThrow(
      expect.objectContaining({ code: 'POLICY_INVALID', message: expect.stringContaining(`mine.json: ${field}: `) }),
    )
  })

  it('refuse a file that is not there or not JSON, naming it', () => {
    expect(() => loadViewThresholds('view-thresholds-v0')).toThrow(
      expect.objectContaining({ code: 'POLICY_INVALID', message: expect.stringContaining('view-thresholds-v0.json') }),
    )
  })
})
