import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { FrameChoice, middles } from '../../../../models/media/frame-choice.js'

/** The plain rule, with all frames at hand: the last frame that is not later than the time. */
function shownAt(frames: readonly number[], times: readonly number[]): number[] {
  return times.map((time) =>
    Math.max(
      0,
      frames.findLastIndex((moment) => moment - frames[0]! <= time + 1e-6),
    ),
  )
}

function chosen(frames: readonly number[], times: readonly number[]): number[] {
  const choice = new FrameChoice(times)
  const out: number[] = []
  for (const [index, moment] of frames.entries()) out.push(...Array<number>(choice.add(moment)).fill(index - 1))
  return [...out, ...Array<number>(choice.end()).fill(frames.length - 1)]
}

describe('which frames are shown', () => {
  it('looks at the middles of equal parts', () => {
    expect(middles(8, 4)).toEqual([1, 3, 5, 7])
    expect(middles(0, 2)).toEqual([0, 0])
  })

  it('shows a frame from its own time on, counted from the first frame', () => {
    expect(chosen([10, 11, 12, 13], [0.9, 1, 1.1, 2.9])).toEqual([0, 1, 1, 2])
  })

  it('shows the only frame everywhere, and the last one for ever', () => {
    expect(chosen([5], [0, 1, 2])).toEqual([0, 0, 0])
    expect(chosen([0, 1], [0, 7, 8])).toEqual([0, 1, 1])
  })

  it('is the plain rule, frame by frame', () => {
    const ascending = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(ascending, fc.double({ min: 0, max: 60, noNaN: true }), (steps, seconds) => {
        const frames = steps.reduce<number[]>((moments, step) => [...moments, (moments.at(-1) ?? 0) + step], [])
        expect(chosen(frames, middles(seconds, 8))).toEqual(shownAt(frames, middles(seconds, 8)))
      }),
    )
  })
})
