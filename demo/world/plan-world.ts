import type { WorldSize } from './parameters.js'
import { planVideos } from './plan-videos.js'
import { createQueries } from './queries.js'
import { createVocabulary } from './vocabulary.js'
import type { WorldPlan } from './write-truth.js'

/** Everything of a world but its media and its log. The same size and seed, the same world. */
export function planWorld(size: WorldSize): WorldPlan {
  const vocabulary = createVocabulary(size.seed)
  return { vocabulary, videos: planVideos(size, vocabulary), queries: createQueries(vocabulary, size.seed) }
}
