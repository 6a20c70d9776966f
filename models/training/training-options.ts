import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

/** Folder of the set that is trained unless told otherwise, with its versions, from the project's root. */
export const zoo = join('models', 'zoo', 'world-small')

/** What `npm run train` was asked for; all paths absolute. */
export interface TrainingOptions {
  readonly tiny: boolean
  readonly seed: number
  /** Sizes of the world that is made. */
  readonly videos: number
  readonly requests: number
  /** Everything between the world and the set; running with the same folder again goes on where it stopped. */
  readonly run: string
  readonly world: string
  /** The world is the run's, made by it: none was named. */
  readonly ownWorld: boolean
  /** Where the set goes; its last two parts are the set's name and version. */
  readonly out: string
  /** Overwrites a set that is in git. */
  readonly force: boolean
  /** Python that makes the virtual environment, and the environment's folder. */
  readonly python: string
  readonly venv: string
}

export const usage = `npm run train -- [options]
  --tiny           a small world and a few steps of every stage: proves the pipeline in two minutes
  --seed N         of the world and of the training (8)
  --run DIR        folder of this run; the same folder again goes on where it stopped (.kinora/training/<size>-<seed>)
  --world DIR      a world that is there already (made in the run's folder unless told otherwise)
  --videos N, --requests N   size of the world that is made (12000 and 48000)
  --out DIR        folder of the set, .../<set>/<version> (models/zoo/world-small/, one version above
                   the highest in git; with --tiny inside the run's folder)
  --force          overwrite a set that is in git: a released set does not change
  --python PATH    Python 3.11 or newer that makes the environment (python3)
  --venv DIR       its folder (models/training/.venv)
`

/**
 * @param released names of the versions of world-small that are in git
 * @throws TypeError for arguments that make no sense
 */
export function readTrainingOptions(
  args: readonly string[],
  root: string,
  released: readonly string[],
): TrainingOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      tiny: { type: 'boolean', default: false },
      force: { type: 'boolean', default: false },
      seed: { type: 'string', default: '8' },
      videos: { type: 'string' },
      requests: { type: 'string' },
      run: { type: 'string' },
      world: { type: 'string' },
      out: { type: 'string' },
      python: { type: 'string', default: 'python3' },
      venv: { type: 'string', default: join(root, 'models', 'training', '.venv') },
    },
  })
  const { tiny, force, python } = values
  const seed = whole('--seed', values.seed)
  const run = resolve(values.run ?? join(root, '.kinora', 'training', `${tiny ? 'tiny' : 'full'}-${seed}`))
  const next = Math.max(0, ...released.filter((name) => /^\d+$/.test(name)).map(Number)) + 1
  const made = tiny ? join(run, 'zoo', 'tiny', '1') : join(root, zoo, `${next}`)
  return {
    ...{ tiny, force, python, seed, run },
    videos: whole('--videos', values.videos ?? (tiny ? '300' : '12000')),
    requests: whole('--requests', values.requests ?? (tiny ? '4000' : '48000')),
    world: resolve(values.world ?? join(run, 'world')),
    ownWorld: values.world === undefined,
    out: resolve(values.out ?? made),
    venv: resolve(values.venv),
  }
}

function whole(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new TypeError(`${name} ${text} is no whole number`)
  return Number(text)
}
