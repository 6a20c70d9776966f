import { loadConfig } from '../../config/config.js'
import { environment } from '../../config/environment.js'
import { findSet } from '../../models/sets/find-sets.js'
import { openSet, type ModelSet } from '../../models/sets/open-set.js'
import type { Batching } from '../../models/inference/model.js'

/** The configured model set, as the product opens it. */
export async function openBenchSet(over: Partial<Batching> = {}): Promise<ModelSet> {
  const { sets, set, batching, ...options } = loadConfig(environment()).models
  return openSet(await findSet(sets, set), { ...options, batching: { ...batching, ...over } })
}
