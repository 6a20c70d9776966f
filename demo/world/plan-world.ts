import type { WorldSize } from './parameters.js'
import { planVideos } from './plan-videos.js'
import { createQueries } from './queries.js'
import { trainingTexts } from './training-texts.js'
import { createVocabulary } from './vocabulary.js'
import type { WorldPlan } from './write-truth.js'

/** Everything of a world but its media and its log. The same size and seed, the same world. */
export function planWorld(size: WorldSize): WorldPlan {
  const vocabulary = createVocabulary(size.seed)
  const videos = planVideos(size, vocabulary)
  return { videos, queries: createQueries(vocabulary, trainingTexts(videos, size.seed), size.seed), vocabulary }
}
