import { describe, expect, it } from '@jest/globals'
import { topics } from '../../streams/topics.js'

describe('topics', () => {
  it('names each topic once', () => {
    const names = Object.values(topics).map((topic) => topic.name)
    expect(new Set(names).size).toBe(names.length)
  })
})
