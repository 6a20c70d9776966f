import { encodeQuery } from '../encoders/encode-text.js'
import type { EncoderParts } from '../encoders/encode-video.js'
import type { BootstrapOptions } from '../metrics/paired-bootstrap.js'
import { readEvents } from '../world/read-events.js'
import { VideoCatalog, type CatalogVideo } from '../world/video-catalog.js'
import { readCandidates, type CandidateOptions, type Candidates } from './candidates.js'
import { embedVideos, type EmbeddedVideo } from './embed-videos.js'
import { judgeScorers, type ScoredGrades, type ScorerJudgement } from './judge-scorers.js'
import { scorePair } from './scorers.js'

export interface EvaluationOptions extends CandidateOptions, BootstrapOptions {
  readonly parallel: number
  readonly onProgress?: (text: string) => void
}

export interface Evaluation {
  readonly queries: number
  readonly videos: number
  readonly pairs: number
  /** Modalities that could not be read, by error code. */
  readonly problems: Readonly<Record<string, number>>
  readonly content: readonly ScorerJudgement[]
  readonly perceived: readonly ScorerJudgement[]
}

/** Events between two looks at the signal. */
const LOOK_EVERY = 5_000

/**
 * A model set on a world, end to end: media and texts of the world's events → vectors → scores of graded pairs → PNR by
 * what videos hold and by what they promise.
 *
 * @throws FatalError WORLD_INVALID; what the encoders throw
 */
export async function evaluateWorld(
  world: string,
  parts: EncoderParts,
  options: EvaluationOptions,
): Promise<Evaluation> {
  const { signal, onProgress, parallel } = options
  const candidates = await readCandidates(world, options)
  const videos = await catalogOf(world, candidates, options)
  const embedded = await embedVideos(parts, videos, {
    ...(signal && { signal }),
    parallel,
    onVideo: (done) => onProgress?.(`${done} of ${videos.length} videos`),
  })
  onProgress?.(`scoring ${candidates.queries.length} queries`)
  const scored = await scoreQueries(candidates, parts, embedded)
  return {
    queries: scored.length,
    videos: embedded.size,
    pairs: scored.flat().reduce((sum, { grades }) => sum + grades.length, 0),
    problems: problemsOf(embedded),
    content: await judgeScorers(scored, 'content', options),
    perceived: await judgeScorers(scored, 'perceived', options),
  }
}

async function catalogOf(
  world: string,
  { videos }: Candidates,
  { signal, onProgress }: EvaluationOptions,
): Promise<CatalogVideo[]> {
  const catalog = new VideoCatalog(world)
  let events = 0
  for await (const event of readEvents(world)) {
    if ('video_id' in event.event && videos.has(event.event.video_id)) catalog.take(event)
    if (++events % LOOK_EVERY > 0) continue
    signal?.throwIfAborted()
    onProgress?.(`${events} events`)
  }
  return [...catalog.videos()]
}

/** A video that is graded and was never uploaded has no vectors, and no place in the comparison. */
async function scoreQueries(
  { queries }: Candidates,
  { set }: EncoderParts,
  videos: ReadonlyMap<string, EmbeddedVideo>,
): Promise<ScoredGrades[][]> {
  const scored: ScoredGrades[][] = []
  for (const { text, lists } of queries) {
    const query = { text, vector: await encodeQuery(set, text) }
    scored.push(
      lists.map((list) => {
        const grades = list.filter(({ video_id }) => videos.has(video_id))
        return { grades, scores: grades.map(({ video_id }) => scorePair(query, videos.get(video_id)!)) }
      }),
    )
  }
  return scored
}

function problemsOf(videos: ReadonlyMap<string, EmbeddedVideo>): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { vectors } of videos.values())
    for (const { code } of Object.values(vectors.problems)) counts[code] = (counts[code] ?? 0) + 1
  return counts
}
