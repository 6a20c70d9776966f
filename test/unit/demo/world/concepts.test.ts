import { describe, expect, it } from '@jest/globals'
import { vendors } from '../../../../demo/world/concepts/artwork.js'
import { loadConcepts } from '../../../../demo/world/concepts/concepts.js'
import { renamed } from '../../../../demo/world/concepts/excluded.js'
import { synonyms } from '../../../../demo/world/concepts/synonyms.js'

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

  it('are what the lists of synonyms and of cleaner names speak of', () => {
    const names = new Set(concepts.map(({ name }) => name))
    expect(Object.keys(synonyms).filter((name) => !names.has(name))).toEqual([])
    expect(Object.values(renamed).filter((name) => !names.has(name))).toEqual([])
    expect(Object.entries(renamed).filter(([label, name]) => label === name)).toEqual([])
  })

  it('are drawn by every vendor, each in its own way', () => {
    for (const { id } of concepts) expect(new Set(vendors.map((vendor) => vendor.svgOf(id))).size).toBe(vendors.length)
  })

  it('cannot be drawn when unknown', () => {
    expect(() => vendors[0]!.svgOf('ffff')).toThrow(RangeError)
  })
})
