import { describe, expect, it } from '@jest/globals'
import { parseTime } from '../../../cli/time-option.js'

describe('parseTime', () => {
  it.each([
    ['0', 0],
    ['1700000000000', 1_700_000_000_000],
    ['2026-01-31', Date.UTC(2026, 0, 31)],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    ['2026-01-31T08:05', Date.UTC(2026, 0, 31, 8, 5)],
    ['2026-01-31T08:05:06.007', Date.UTC(2026, 0, 31, 8, 5, 6, 7)],
    ['2026-01-31T08:05:06Z', Date.UTC(2026, 0, 31, 8, 5, 6)],
    ['2026-01-31T08:05:06+08:00', Date.UTC(2026, 0, 31, 0, 5, 6)],
  ])('reads %s, in UTC unless it says otherwise', (text, epochMs) => {
    expect(parseTime(text)).toBe(epochMs)
  })

  it.each([
    '',
    'now',
    '-1',
    '1e3',
    '1.5',
    '99999999999999999999',
    '31.1.2026',
    '2026-02-30',
    '2026-13-01',
    '2026-01-31T25:00',
    '1969-01-01',
  ])('refuses %j', (text) => {
    expect(() => parseTime(text)).toThrow(expect.objectContaining({ code: 'commander.invalidArgument' }))
  })
})
