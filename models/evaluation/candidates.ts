import { FatalError } from '../../errors/errors.js'
import { readGrades, type Grade } from '../world/grades.js'
import { readTrueQueries, readTrueVideos, type Split, type TrueVideo } from '../world/truth.js'

type Slice = TrueVideo['slice']

export interface CandidateOptions {
  readonly split: Split
  /** Only videos of this slice of the split. */
  readonly slice?: Slice | undefined
  /** At most so many videos: the first by id. */
  readonly maxVideos?: number | undefined
}

type GradedVideo = Pick<Grade, 'video_id' | 'perceived' | 'content'>

/** A query with the videos that are graded for it: a list for each slice, because only within one were they drawn together. */
export interface JudgedQuery {
  readonly text: string
  readonly lists: readonly (readonly GradedVideo[])[]
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
  const truth = await readTrueVideos(world)
  const sliceOf = (id: string): Slice | undefined => truth.get(id)?.slice
  const grades = await gradesOf(world, options, sliceOf)
  const videos = new Set([...new Set(grades.map(({ video_id }) => video_id))].sort().slice(0, options.maxVideos))
  const judged = grouped(
    grades.filter(({ video_id }) => videos.has(video_id)),
    ({ query_id }) => query_id,
  )
  if (judged.size === 0) {
    const slice = options.slice ? `, ${options.slice}` : ''
    throw new FatalError('WORLD_INVALID', `${world} has no graded video of split ${options.split}${slice}`)
  }
  const queries = await readTrueQueries(world)
  const listsOf = (graded: Grade[]) => [...grouped(graded, ({ video_id }) => sliceOf(video_id)).values()]
  return {
    queries: [...judged].map(([id, graded]) => ({ text: textOf(queries, id), lists: listsOf(graded) })),
    videos,
  }
}

async function gradesOf(
  world: string,
  { split, slice }: CandidateOptions,
  sliceOf: (video: string) => Slice | undefined,
): Promise<Grade[]> {
  const grades: Grade[] = []
  for await (const grade of readGrades(world)) {
    if (grade.split !== split) continue
    if (slice === undefined || sliceOf(grade.video_id) === slice) grades.push(grade)
  }
  return grades
}

/** In order of first appearance. */
function grouped<Key>(grades: readonly Grade[], keyOf: (grade: Grade) => Key): Map<Key, Grade[]> {
  const groups = new Map<Key, Grade[]>()
  for (const grade of grades) {
    const key = keyOf(grade)
    const group = groups.get(key)
    if (group) group.push(grade)
    else groups.set(key, [grade])
  }
  return groups
}

function textOf(queries: ReadonlyMap<string, { text: string }>, id: string): string {
  const query = queries.get(id)
  if (!query) throw new FatalError('WORLD_INVALID', `grades.tsv names query ${id}, and queries.jsonl does not`)
  return query.text
}
