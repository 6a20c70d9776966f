import { createRequire } from 'node:module'
import { vendors } from './artwork.js'
import { excludedNames, keptSubgroups, renamed } from './excluded.js'
import { synonyms } from './synonyms.js'

/** A thing that videos show and queries ask for. */
export interface Concept {
  /** Its code points in lower-case hexadecimal, joined by dashes. */
  readonly id: string
  /** 1–6 Chinese characters. */
  readonly name: string
  /** Other words that CLDR gives it; none is another concept's name. */
  readonly keywords: readonly string[]
  /** Words of searchers that no video's text uses. */
  readonly synonyms: readonly string[]
  /** The subgroup of Unicode: kindred things. */
  readonly group: string
}

interface Annotated {
  readonly label: string
  readonly hexcode: string
  readonly tags?: readonly string[]
  readonly group?: number
  readonly subgroup?: number
}

const CHINESE_NAME = /^\p{Script=Han}{1,6}$/u
const CHINESE_WORD = /^\p{Script=Han}{2,6}$/u

/**
 * The concepts that every vendor draws and that have a clean Chinese name and a keyword, in the order of Unicode.
 * Names and keywords are CLDR's (by emojibase), with a few replaced by what people say.
 */
export function loadConcepts(): Concept[] {
  const annotated = createRequire(import.meta.url)('emojibase-data/zh/data.json') as readonly Annotated[]
  const kept = annotated.filter(isKept)
  const names = new Set(kept.map(nameOf))
  const taken = new Set<string>()
  return kept.flatMap((each) => {
    const name = nameOf(each)
    const keywords = (each.tags ?? []).filter((tag) => CHINESE_WORD.test(tag) && !names.has(tag) && !taken.has(tag))
    if (keywords.length === 0 || taken.has(name)) return []
    for (const word of [name, ...keywords]) taken.add(word)
    const id = each.hexcode.toLowerCase()
    return [{ id, name, keywords, synonyms: synonyms[name] ?? [], group: groupOf(each) }]
  })
}

const nameOf = ({ label }: Annotated): string => renamed[label] ?? label

const groupOf = ({ group, subgroup }: Annotated): string => `${group ?? ''}/${subgroup ?? ''}`

function isKept(each: Annotated): boolean {
  return (
    CHINESE_NAME.test(nameOf(each)) &&
    keptSubgroups.has(groupOf(each)) &&
    !excludedNames.has(each.label) &&
    vendors.every((vendor) => vendor.draws(each.hexcode.toLowerCase()))
  )
}
