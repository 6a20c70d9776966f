import { FatalError } from '../../errors/errors.js'
import { readGrades, type Grade } from '../world/grades.js'
import { readTrueQueries, readTrueVideos, type Split, type TrueVideo } from '../world/truth.js'

export interface CandidateOptions {
  readonly split: Split
  /** Only videos of this slice of the split. */
  readonly slice?: TrueVideo['slice'] | undefined
  /** At most so many videos: the first by id. */
  readonly maxVideos?: number | undefined
}

/** A query with the videos that are graded for it. */
export interface JudgedQuery {
  readonly text: string
  readonly grades: readonly Pick<Grade, 'video_id' | 'perceived' | 'content'>[]
}

export interface Candidates {
  readonly queries: readonly JudgedQuery[]
  readonly videos: ReadonlySet<string>
}

/**
 * What a world has graded of a split: queries with at least one video, and all those videos.
 *
 * @throws FatalError WORLD_INVALID for a file that does not fit, or when nothing is graded
 */
export async function readCandidates(world: string, options: CandidateOptions): Promise<Candidates> {
  const grades = await gradesOf(world, options)
  const videos = new Set([...new Set(grades.map(({ video_id }) => video_id))].sort().slice(0, options.maxVideos))
  const queries = await readTrueQueries(world)
  const judged = new Map<string, { text: string; grades: Grade[] }>()
  for (const grade of grades) {
    if (!videos.has(grade.video_id)) continue
    const { query_id } = grade
    const known = judged.get(query_id) ?? { text: textOf(queries, query_id), grades: [] }
    judged.set(query_id, known)
    known.grades.push(grade)
  }
  if (judged.size === 0) {
    const slice = options.slice ? `, ${options.slice}` : ''
    throw new FatalError('WORLD_INVALID', `${world} has no graded video of split ${options.split}${slice}`)
  }
  return { queries: [...judged.values()], videos }
}

async function gradesOf(world: string, { split, slice }: CandidateOptions): Promise<Grade[]> {
  const truth = await readTrueVideos(world)
  const grades: Grade[] = []
  for await (const grade of readGrades(world)) {
    if (grade.split !== split) continue
    if (slice === undefined || truth.get(grade.video_id)?.slice === slice) grades.push(grade)
  }
  return grades
}

function textOf(queries: ReadonlyMap<string, { text: string }>, id: string): string {
  const query = queries.get(id)
  if (!query) throw new FatalError('WORLD_INVALID', `grades.tsv names query ${id}, and queries.jsonl does not`)
  return query.text
}
