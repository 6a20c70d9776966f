import { join } from 'node:path'
import type { TrueQuery, TrueVideo } from '../../models/world/truth.js'
import type { Concept } from './concepts/concepts.js'
import { judge } from './judged.js'
import type { WorldQuery } from './queries.js'
import { missingModalities } from './upload-events.js'
import type { WorldVideo } from './video.js'
import type { Vocabulary } from './vocabulary.js'
import { writeLines } from './write-lines.js'

/** The plan of a world: what it is about, its videos, its queries. */
export interface WorldPlan {
  readonly vocabulary: Vocabulary
  readonly videos: readonly WorldVideo[]
  readonly queries: readonly WorldQuery[]
}

/** Writes what only judges of models read: concepts, videos, queries as JSONL, and grades as TSV. @returns the grades */
export async function writeTruth(
  folder: string,
  { vocabulary, videos, queries }: WorldPlan,
  seed: number,
): Promise<number> {
  const write = (name: string, lines: Iterable<string>): Promise<number> =>
    writeLines(join(folder, 'truth', name), lines)
  const json = (documents: readonly unknown[]): string[] => documents.map((each) => JSON.stringify(each))
  const heldOut = queries.filter((query) => query.heldOut === 'keyword')
  const heldOutOf = (concept: Concept): string[] =>
    heldOut.filter(({ concepts }) => concepts.includes(concept)).map(({ text }) => text)
  await write(
    'concepts.jsonl',
    json(vocabulary.concepts.map((each) => ({ ...each, held_out_keywords: heldOutOf(each) }))),
  )
  await write('videos.jsonl', json(videos.map(trueVideo)))
  await write('queries.jsonl', json(queries.map(trueQuery)))
  return (await write('grades.tsv', gradeLines(videos, queries, seed))) - 1
}

function* gradeLines(videos: readonly WorldVideo[], queries: readonly WorldQuery[], seed: number): Generator<string> {
  yield ['split', 'query_id', 'video_id', 'perceived', 'content'].join('\t')
  for (const { split, query, video, perceived, content } of judge(videos, queries, seed))
    yield [split, query.id, video.id, perceived, content].join('\t')
}

const trueVideo = (video: WorldVideo): TrueVideo => ({
  video_id: video.id,
  split: video.split,
  slice: video.slice,
  concepts: video.concepts.map(({ id }) => id),
  order: video.order && [video.order[0].id, video.order[1].id],
  title_kind: video.title.kind,
  cover_kind: video.cover.kind,
  clickbait: video.bait !== null,
  missing: [...missingModalities(video)],
  topic_segments: [...video.transcript.topicSegments],
})

const trueQuery = (query: WorldQuery): TrueQuery => ({
  query_id: query.id,
  text: query.text,
  kind: query.kind,
  concepts: query.concepts.map(({ id }) => id),
  held_out: query.heldOut,
  shared_characters: query.sharedCharacters,
  weight: query.weight,
})
