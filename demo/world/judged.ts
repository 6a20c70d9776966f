import type { Split } from '../../models/world/truth.js'
import { randomOf, shuffled, type Random } from '../random.js'
import { CandidatePool } from './candidates.js'
import { contentGrade, perceivedGrade, type Grade } from './grades.js'
import { worldParameters } from './parameters.js'
import type { WorldQuery } from './queries.js'
import type { WorldVideo } from './video.js'

/** What a person says of a video for a query. */
export interface Judged {
  readonly split: Split
  readonly query: WorldQuery
  readonly video: WorldVideo
  readonly perceived: Grade
  readonly content: Grade
}

/** A part of the world whose videos are compared with each other: the two slices of the test are judged apart. */
const parts = ['train', 'validation', 'seen', 'held-out'] as const
type Part = (typeof parts)[number]

const splitOf: Record<Part, Split> = { train: 'train', validation: 'validation', seen: 'test', 'held-out': 'test' }

/** Grades of queries and candidates in every part. Only queries for which a part has a fully satisfying video are judged. */
export function* judge(videos: readonly WorldVideo[], queries: readonly WorldQuery[], seed: number): Generator<Judged> {
  for (const part of parts) {
    const split = splitOf[part]
    const random = randomOf(seed, 'grades', part)
    const inPart = (video: WorldVideo): boolean => video.split === split && (split !== 'test' || video.slice === part)
    const pool = new CandidatePool(videos.filter(inPart))
    const asked = queries.filter((query) => query.askedIn.includes(split) && pool.holds(query))
    for (const query of drawQueries(asked, worldParameters.grades.queries[part], random))
      for (const video of pool.draw(query, worldParameters.grades.candidates[part], random))
        yield { split, query, video, perceived: perceivedGrade(query, video), content: contentGrade(query, video) }
  }
}

/** Of each kind its share, and every keyword held out, in the order of their ids. */
function drawQueries(queries: readonly WorldQuery[], count: number, random: Random): WorldQuery[] {
  const isRare = ({ heldOut }: WorldQuery): boolean => heldOut === 'keyword'
  const drawn = Object.entries(worldParameters.grades.kinds).flatMap(([kind, share]) => {
    const ofKind = queries.filter((query) => query.kind === kind && !isRare(query))
    return shuffled(random, ofKind).slice(0, Math.round(count * share))
  })
  return [...drawn, ...queries.filter(isRare)].sort((one, other) => (one.id < other.id ? -1 : 1))
}
