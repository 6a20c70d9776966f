import { pick, randomOf, type Random } from '../random.js'
import { Company } from './company.js'
import type { Concept } from './concepts/concepts.js'
import { worldParameters, type WorldSize } from './parameters.js'
import { accountsOfHabit, plainAccounts } from './texts/phrases.js'
import type { Vocabulary } from './vocabulary.js'

/** Somebody who uploads videos, mostly of the same few things. */
export interface Account {
  readonly id: string
  readonly name: string
  readonly habit: readonly Concept[]
  /** The concept that the name tells of, if any. */
  readonly named: Concept | null
}

export function createAccounts({ videos, seed }: WorldSize, vocabulary: Vocabulary): Account[] {
  const { perHundredVideos, atLeast, namesHabit } = worldParameters.accounts
  const names = new Set<string>()
  return Array.from({ length: Math.max(atLeast, Math.round((videos * perHundredVideos) / 100)) }, (_, n) => {
    const random = randomOf(seed, 'account', n)
    const habit = drawHabit(vocabulary, random)
    const named = random() < namesHabit ? habit[0]! : null
    return { id: `a${String(n).padStart(4, '0')}`, name: freeName(named, names, random), habit, named }
  })
}

/** Things of which no two are a held-out pair: whoever uploads them also uploads for training. */
function drawHabit(vocabulary: Vocabulary, random: Random): Concept[] {
  const company = new Company(vocabulary, false)
  return Array.from({ length: worldParameters.accounts.habitConcepts }, () => company.addOther([], random))
}

function freeName(named: Concept | null, taken: Set<string>, random: Random): string {
  for (let tries = 0; ; tries++) {
    const plain = pick(random, plainAccounts)
    const name = named ? pick(random, accountsOfHabit).replace('{x}', named.name) : plain
    const unlike = tries < 20 ? name : `${name}${tries}`
    if (taken.has(unlike)) continue
    taken.add(unlike)
    return unlike
  }
}
