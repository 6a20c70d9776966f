import { evaluateWorld, type Evaluation } from '../../models/evaluation/evaluate-world.js'
import type { CandidateOptions } from '../../models/evaluation/candidates.js'
import type { Device } from '../../models/inference/device.js'
import type { CommandContext } from '../context.js'
import { openEncoders } from '../open-encoders.js'
import { openProgressLine } from '../progress-line.js'

export interface WorldFlags extends Pick<CandidateOptions, 'slice'> {
  world: string
  split: 'validation' | 'test'
  videos?: number
  set?: string
  resamples: number
  seed: number
}

/** An evaluation and what it is of. */
export interface WorldEvaluation extends Evaluation {
  readonly set: string
  readonly world: string
  readonly split: string
  readonly slice: string | null
  readonly devices: readonly Device[]
}

/** Videos on their way at once: enough to keep decoders and batches busy, far below the decoders' queue. */
const PARALLEL = 16

/** Runs a model set on a world, with progress on standard error. */
export async function evaluationOf(
  { world, split, slice, videos, set, resamples, seed }: WorldFlags,
  { quietConfig, signal }: Pick<CommandContext, 'quietConfig' | 'signal'>,
): Promise<WorldEvaluation> {
  const encoders = await openEncoders(quietConfig(set === undefined ? {} : { KINORA_MODEL_SET: set }).models)
  const progress = openProgressLine()
  try {
    const options = { split, slice, maxVideos: videos, resamples, seed, parallel: PARALLEL, signal }
    const evaluation = await evaluateWorld(world, encoders, { ...options, onProgress: (text) => progress.show(text) })
    const { name, devices } = encoders.set
    return { set: name, world, split, slice: slice ?? null, devices, ...evaluation }
  } finally {
    progress.end()
    await encoders.close()
  }
}
