import { describe, expect, it } from '@jest/globals'
import { vendors } from '../../../../demo/world/concepts/artwork.js'
import { loadConcepts } from '../../../../demo/world/concepts/concepts.js'

const concepts = loadConcepts()

describe('the concepts of the world', () => {
  it('are some hundreds, in an order that never changes', () => {
    expect(concepts.length).toBeGreaterThan(300)
    expect(loadConcepts()).toEqual(concepts)
  })

  it('have names and keywords that mean one concept only', () => {
    const words = concepts.flatMap(({ name, keywords }) => [name, ...keywords])
    expect(new Set(words).size).toBe(words.length)
    for (const { name, keywords } of concepts) {
      expect(name).toMatch(/^\p{Script=Han}{1,6}$/u)
      expect(keywords.length).toBeGreaterThan(0)
    }
  })

  it('are drawn by every vendor, each in its own way', () => {
    for (const { id } of concepts) expect(new Set(vendors.map((vendor) => vendor.svgOf(id))).size).toBe(vendors.length)
  })

  it('cannot be drawn when unknown', () => {
    expect(() => vendors[0]!.svgOf('ffff')).toThrow(RangeError)
  })
})
