import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { FatalError } from '../../errors/errors.js'
import { prepareWorld } from './prepare-world.js'
import { pythonEnvironment } from './python-environment.js'
import { runProgram } from './run-program.js'
import type { TrainingOptions } from './training-options.js'
import { isWorldMade, makeWorld } from './training-world.js'

export interface TrainingStep {
  readonly name: string
  /** Was done by an earlier call, and need not be done again. */
  readonly done: () => boolean
  readonly run: () => Promise<unknown>
}

export interface StepContext {
  readonly root: string
  readonly signal: AbortSignal
  readonly say: (text: string) => void
}

/** From nothing to a model set, in order. Each step leaves a file as its last act, by which a later call skips it. */
export function trainingSteps(options: TrainingOptions, { root, signal, say }: StepContext): TrainingStep[] {
  const { run, world, out, venv, seed } = options
  const prepared = join(run, 'prepared')
  const exported = join(run, 'export', basename(dirname(out)), basename(out))
  const never = (): boolean => false
  const python = (module: string, ...args: string[]): Promise<void> =>
    runProgram({
      ...{ command: join(venv, 'bin', 'python'), cwd: root, signal },
      args: ['-W', 'ignore', '-m', `models.training.${module}`, '--run', run, ...args],
    })
  const evaluated = (split: string, file: string): TrainingStep => ({
    name: `evaluation on the ${split} split`,
    done: () => existsSync(join(run, file)),
    run: () => python('evaluate', '--world', world, '--split', split, ...(options.tiny ? ['--draws', '100'] : [])),
  })
  return [
    { name: 'Python environment', done: never, run: () => pythonEnvironment({ root, signal, ...options }) },
    {
      name: `world of ${options.videos} videos`,
      done: () => isWorldMade(options),
      run: () => makeWorld(options, { cwd: root, signal }),
    },
    {
      name: 'texts and labels of the world, by the rules of the product',
      done: () => existsSync(join(prepared, 'prepared.json')),
      run: () => prepareWorld({ world, out: prepared, signal, onProgress: say }),
    },
    {
      name: 'training',
      done: never,
      run: () => python('train', '--world', world, '--seed', `${seed}`, ...(options.tiny ? ['--tiny'] : [])),
    },
    evaluated('validation', 'report-validation.json'),
    evaluated('test', 'report.json'),
    { name: 'export', done: never, run: () => python('export', '--out', exported) },
    { name: 'report', done: never, run: () => python('report', '--set', exported) },
    { name: `release to ${out}`, done: never, run: () => release(exported, out) },
  ]
}

/** Puts a whole set in the place of what was there, never a mixture of both. */
async function release(from: string, out: string): Promise<void> {
  const beside = `${out}.new`
  await rm(beside, { recursive: true, force: true })
  await mkdir(dirname(out), { recursive: true })
  await cp(from, beside, { recursive: true })
  await rm(out, { recursive: true, force: true })
  await rename(beside, out)
}

/** Names of the versions of the set in a folder that are in git. */
export async function releasedVersions(folder: string, root: string): Promise<string[]> {
  const files = await inGit(folder, root)
  return [...new Set(files.map((file) => relative(folder, file).split(sep)[0]!))]
}

async function inGit(path: string, root: string): Promise<string[]> {
  const listed = promisify(execFile)('git', ['ls-files', '--', path], { cwd: root })
  const { stdout } = await listed.catch(() => ({ stdout: '' }))
  return stdout.split('\n').filter((line) => line !== '')
}

/** @throws FatalError TRAINING_FAILED when the set's folder is in git: what was released does not change */
export async function refuseReleased({ out, force }: TrainingOptions, root: string): Promise<void> {
  if (force || !existsSync(out)) return
  if ((await inGit(out, root)).length === 0) return
  throw new FatalError(
    'TRAINING_FAILED',
    `${out} is released: it is in git. Train another version with --out ${join(dirname(out), '<version>')}, or say --force`,
  )
}
