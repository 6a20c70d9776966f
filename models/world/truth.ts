import { join } from 'node:path'
import { z } from 'zod'
import { modalityNames } from '../modalities.js'
import { readTruthLines } from './truth-lines.js'

export type Split = 'train' | 'validation' | 'test'

const TrueVideo = z.object({
  video_id: z.string().min(1),
  split: z.enum(['train', 'validation', 'test']),
  slice: z.enum(['seen', 'held-out']),
  concepts: z.array(z.string()),
  order: z.tuple([z.string(), z.string()]).nullable(),
  title_kind: z.enum(['informative', 'vague', 'clickbait']),
  cover_kind: z.enum(['truth', 'part', 'misleading', 'empty']),
  clickbait: z.boolean(),
  missing: z.array(z.enum(modalityNames)),
  topic_segments: z.array(z.int().min(0)),
})

/** What a video of a world really is: its split, what it holds, and how its title and cover deal with that. */
export type TrueVideo = z.infer<typeof TrueVideo>

const TrueQuery = z.object({
  query_id: z.string().min(1),
  text: z.string().min(1),
  kind: z.enum(['name', 'keyword', 'synonym', 'pair', 'change']),
  concepts: z.array(z.string()),
  held_out: z.enum(['keyword', 'pair']).nullable(),
  shared_characters: z.enum(['all', 'some', 'none']).nullable(),
  weight: z.number().nonnegative(),
})

/** A query of a world with what it asks for. */
export type TrueQuery = z.infer<typeof TrueQuery>

/** By id. Throws WORLD_INVALID naming the line that does not fit. */
export async function readTrueVideos(world: string): Promise<Map<string, TrueVideo>> {
  const videos = new Map<string, TrueVideo>()
  for await (const video of readTruthLines(join(world, 'truth', 'videos.jsonl'), TrueVideo))
    videos.set(video.video_id, video)
  return videos
}

/** By id. Throws WORLD_INVALID naming the line that does not fit. */
export async function readTrueQueries(world: string): Promise<Map<string, TrueQuery>> {
  const queries = new Map<string, TrueQuery>()
  for await (const query of readTruthLines(join(world, 'truth', 'queries.jsonl'), TrueQuery))
    queries.set(query.query_id, query)
  return queries
}
