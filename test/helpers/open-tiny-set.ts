import { findSet } from '../../models/sets/find-sets.js'
import { openSet, type ModelSet } from '../../models/sets/open-set.js'
import { tinySets } from './tiny-set.js'

/** The tiny set, or a copy of it in another folder of sets. */
export const openTinySet = async (root = tinySets, queueLimit = 100): Promise<ModelSet> =>
  openSet(await findSet(root, 'tiny'), {
    ...{ device: 'cpu', threads: 1 },
    batching: { batchSize: 4, batchDelayMs: 1, queueLimit },
  })
