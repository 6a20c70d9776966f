import { describe, expect, it } from '@jest/globals'
import { cosine, matchScores } from '../../../models/match.js'

const query = Float32Array.of(1, 0)

describe('match scores', () => {
  it('are the cosines of a query with what a video has, and unknown for what it lacks', () => {
    const video = { cover: Float32Array.of(2, 0), content: Float32Array.of(0, 3), frames: Float32Array.of(-1, 0) }
    expect(matchScores(query, video)).toEqual({ cover: 1, perception: null, frames: -1, content: 0 })
  })

  it('do not depend on lengths, and are 0 for a vector of zeros', () => {
    expect(cosine(Float32Array.of(3, 4), Float32Array.of(6, 8))).toBeCloseTo(1, 12)
    expect(cosine(query, Float32Array.of(0, 0))).toBe(0)
    expect(() => cosine(query, Float32Array.of(1))).toThrow(RangeError)
  })
})
