import { describe, expect, it } from '@jest/globals'
import { InputClock, type TimeRules } from '../../../../streams/runtime/input-clock.js'

const rules: TimeRules = { outOfOrdernessMs: 10, idleMs: 30, aheadMs: 100, clock: 'live' }
const NOW = 10_000

const clockOf = (over: Partial<TimeRules> = {}) => new InputClock(2, { ...rules, ...over }, NOW)

describe('the clock of co-partitioned inputs', () => {
  it('is the slowest input, minus the allowed out-of-orderness', () => {
    const clock = clockOf()
    clock.saw(0, 500)
    expect(clock.advance(NOW)).toBe(false)
    clock.saw(1, 200)
    expect(clock.advance(NOW)).toBe(true)
    expect(clock.watermark).toBe(190)
  })

  it('never runs ahead of the wall clock, whatever a record claims', () => {
    const clock = clockOf()
    clock.saw(0, NOW + 5_000)
    clock.saw(1, NOW + 5_000)
    clock.advance(NOW)
    expect(clock.watermark).toBe(NOW - 10)
  })

  it('never goes back', () => {
    const clock = clockOf()
    clock.assert(0, 700)
    clock.assert(1, 700)
    clock.advance(NOW)
    clock.saw(0, 100)
    expect(clock.advance(NOW)).toBe(false)
    expect(clock.watermark).toBe(700)
  })

  it('lets an idle input follow the time of the lookup that found nothing unread, not the time of the timer', () => {
    const clock = clockOf()
    clock.saw(0, NOW)
    clock.read(0, NOW + 29)
    clock.caughtUp(1, NOW + 29)
    expect(clock.advance(NOW + 29)).toBe(false)
    clock.caughtUp(1, NOW + 30)
    expect(clock.advance(NOW + 500)).toBe(true)
    expect(clock.watermark).toBe(NOW - 10)
  })

  it('takes an input for busy again as soon as something is read from it', () => {
    const clock = clockOf()
    clock.saw(0, NOW + 100)
    clock.caughtUp(1, NOW + 50)
    clock.read(1, NOW + 60)
    expect(clock.advance(NOW + 100)).toBe(false)
  })

  it('leaves idle inputs of a replay out, and stands still when all are idle', () => {
    const clock = clockOf({ clock: 'replay' })
    clock.saw(0, 500)
    clock.caughtUp(1, NOW + 50)
    clock.advance(NOW + 50)
    expect(clock.watermark).toBe(490)
    clock.caughtUp(0, NOW + 50)
    expect(clock.advance(NOW + 5_000)).toBe(false)
  })

  it('leaves an idle input out of a second replay too, though the first one made it a promise', () => {
    const clock = clockOf({ clock: 'replay' })
    clock.assert(0, 500)
    clock.assert(1, 500)
    clock.advance(NOW)
    clock.saw(0, 900)
    clock.caughtUp(1, NOW + 50)
    clock.advance(NOW + 50)
    expect(clock.watermark).toBe(890)
  })

  it('takes a watermark record at its word, also beyond the wall clock', () => {
    const clock = clockOf({ clock: 'replay' })
    clock.assert(0, NOW + 99_999)
    clock.assert(1, NOW + 99_999)
    clock.advance(NOW)
    expect(clock.watermark).toBe(NOW + 99_999)
  })

  it('pauses an input that is more than the limit ahead of the slowest that has something to read', () => {
    const clock = clockOf()
    clock.saw(0, 201)
    clock.saw(1, 100)
    expect(clock.tooFarAhead()).toEqual([true, false])
    clock.saw(1, 101)
    expect(clock.tooFarAhead()).toEqual([false, false])
    clock.saw(0, 5_000)
    clock.caughtUp(1, NOW + 30)
    expect(clock.tooFarAhead()).toEqual([false, false])
  })
})
