import { existsSync } from 'node:fs'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { FatalError } from '../../errors/errors.js'
import { runProgram, type Program } from './run-program.js'
import type { TrainingOptions } from './training-options.js'

const numbers = ['videos', 'requests', 'seed'] as const
const Made = z.object({ videos: z.int(), requests: z.int(), seed: z.int() })
type Made = z.infer<typeof Made>

/** Written last, so a folder without it is half a world. */
const recordOf = (world: string): string => join(world, 'world.json')

export const isWorldMade = ({ world }: TrainingOptions): boolean => existsSync(recordOf(world))

/** What there may be of a world that is half made. */
const parts = ['events.jsonl', 'media', 'truth', 'world.json.part']

/**
 * Makes the world anew. Of the run's own world, what a stopped call left is removed before.
 *
 * @throws FatalError WORLD_INVALID when something else is in its folder
 */
export async function makeWorld(options: TrainingOptions, { cwd, signal }: Pick<Program, 'cwd' | 'signal'>) {
  const { world, ownWorld } = options
  if (ownWorld) await removeHalf(world)
  const args = ['run', '--silent', 'world', '--', '--out', world, ...flags(options, numbers)]
  await runProgram({ command: 'npm', args, cwd, signal })
}

async function removeHalf(world: string): Promise<void> {
  const foreign = existsSync(world) ? (await readdir(world)).filter((name) => !parts.includes(name)) : []
  if (foreign.length > 0)
    throw new FatalError(
      'WORLD_INVALID',
      `${world} holds ${foreign.join(', ')}, which is no part of a world: name another --run`,
    )
  await rm(world, { recursive: true, force: true })
}

/**
 * @throws FatalError TRAINING_FAILED when the run's own world has other numbers than those asked for; WORLD_INVALID when
 *   it does not say which
 */
export async function refuseAnotherWorld(options: TrainingOptions): Promise<void> {
  const { world, ownWorld, run } = options
  if (!ownWorld || !isWorldMade(options)) return
  const made = await readMade(world)
  const different = numbers.filter((name) => made[name] !== options[name])
  if (different.length === 0) return
  const [was, asked] = [made, options].map((each) => flags(each, different).join(' '))
  throw new FatalError(
    'TRAINING_FAILED',
    `${world} was made with ${was}, and ${asked} is asked for: say ${was}, name another folder with --run, or remove ${run}`,
  )
}

const flags = (made: Made, names: readonly (keyof Made)[]): string[] =>
  names.flatMap((name) => [`--${name}`, `${made[name]}`])

async function readMade(world: string): Promise<Made> {
  const path = recordOf(world)
  try {
    return Made.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    const reason = `${path} does not say of how many videos and requests and which seed it is: remove ${world}`
    throw new FatalError('WORLD_INVALID', reason, { cause: error })
  }
}
