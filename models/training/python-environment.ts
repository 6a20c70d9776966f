import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runProgram } from './run-program.js'

export interface EnvironmentOptions {
  readonly root: string
  readonly venv: string
  /** The interpreter that makes the environment. */
  readonly python: string
  readonly signal: AbortSignal
}

/**
 * Python with exactly the packages of requirements.txt, in an environment of our own; installs only when that file has
 * changed since.
 *
 * @returns the interpreter of the environment
 * @throws FatalError TRAINING_FAILED
 */
export async function pythonEnvironment({ root, venv, python, signal }: EnvironmentOptions): Promise<string> {
  const requirements = join(root, 'models', 'training', 'requirements.txt')
  const wanted = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
  const interpreter = join(venv, 'bin', 'python')
  const stamp = join(venv, 'requirements.sha256')
  if (existsSync(interpreter) && existsSync(stamp) && (await readFile(stamp, 'utf8')) === wanted) return interpreter
  if (!existsSync(interpreter)) await runProgram({ command: python, args: ['-m', 'venv', venv], cwd: root, signal })
  const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', requirements]
  await runProgram({ command: interpreter, args, cwd: root, signal })
  await writeFile(stamp, wanted)
  return interpreter
}
