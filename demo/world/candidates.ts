import { pick, type Random } from '../random.js'
import type { Concept } from './concepts/concepts.js'
import { conceptsAbout, contentGrade, perceivedGrade } from './grades.js'
import { worldParameters } from './parameters.js'
import type { WorldQuery } from './queries.js'
import type { WorldVideo } from './video.js'

/** Some videos by what they are about: from these a search draws its candidates. */
export class CandidatePool {
  private readonly byConcept = new Map<Concept, WorldVideo[]>()
  private readonly byGroup = new Map<string, WorldVideo[]>()

  constructor(private readonly videos: readonly WorldVideo[]) {
    for (const video of videos) {
      for (const concept of conceptsAbout(video)) push(this.byConcept, concept, video)
      push(this.byGroup, video.concepts[0]!.group, video)
    }
  }

  /** Whether one of the videos wholly holds what is asked. */
  holds(query: WorldQuery): boolean {
    return this.about(query).some((video) => contentGrade(query, video) === 2)
  }

  /**
   * `count` videos, or all if there are fewer: some that hold what is asked, some that only promise it or a part of it,
   * some that are akin to it, and some by chance.
   */
  draw(query: WorldQuery, count: number, random: Random): WorldVideo[] {
    const { holding, promising, akin } = worldParameters.queries
    const about = this.about(query)
    const held = about.filter((video) => contentGrade(query, video) === 2)
    const promised = about.filter((video) => contentGrade(query, video) < 2 && perceivedGrade(query, video) > 0)
    const partly = about.filter((video) => contentGrade(query, video) < 2 && perceivedGrade(query, video) === 0)
    const kindred = query.concepts.flatMap((concept) => this.byGroup.get(concept.group) ?? [])
    const drawn = new Set<WorldVideo>()
    for (const [from, share] of [
      [held, holding],
      [[...promised, ...partly], promising],
      [kindred, akin],
    ] as const)
      drawSome(drawn, from, Math.round(count * share), random)
    while (drawn.size < Math.min(count, this.videos.length)) drawn.add(pick(random, this.videos))
    return [...drawn]
  }

  private about({ concepts }: WorldQuery): WorldVideo[] {
    return [...new Set(concepts.flatMap((concept) => this.byConcept.get(concept) ?? []))]
  }
}

/** Adds up to `count` others of `from`; gives up when it keeps drawing what is there. */
function drawSome(drawn: Set<WorldVideo>, from: readonly WorldVideo[], count: number, random: Random): void {
  if (from.length === 0) return
  const wanted = drawn.size + Math.min(count, from.length)
  for (let tries = 0; drawn.size < wanted && tries < 4 * count; tries++) drawn.add(pick(random, from))
}

function push<Key>(map: Map<Key, WorldVideo[]>, key: Key, video: WorldVideo): void {
  const list = map.get(key)
  if (list) list.push(video)
  else map.set(key, [video])
}
