import type { Random } from '../random.js'
import type { Concept } from './concepts/concepts.js'
import type { Vocabulary } from './vocabulary.js'

/**
 * All that a video shows or names, whether it is about it, baits with it or has it in passing. Of a video outside the
 * held-out slice nothing comes in that is a held-out pair with anything there.
 */
export class Company {
  private readonly present = new Set<Concept>()

  constructor(
    readonly vocabulary: Vocabulary,
    readonly heldOut: boolean,
  ) {}

  admits(concept: Concept): boolean {
    return this.heldOut || ![...this.present].some((each) => this.vocabulary.isHeldOut(each, concept))
  }

  add(concept: Concept): void {
    this.present.add(concept)
  }

  /** Brings something in that the video is not about, be it there already. */
  addOther(subjects: readonly Concept[], random: Random): Concept {
    for (;;) {
      const drawn = this.vocabulary.drawConcept(random)
      if (subjects.includes(drawn) || !this.admits(drawn)) continue
      this.add(drawn)
      return drawn
    }
  }
}
