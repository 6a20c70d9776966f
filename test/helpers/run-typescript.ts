import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { join } from 'node:path'
import { packageRoot } from '../../config/package-root.js'

/** A node process that runs one of our TypeScript files straight from the sources. */
export function runTypeScript(
  file: string,
  args: readonly string[],
  stdio: StdioOptions,
  env: Readonly<Record<string, string>> = {},
): ChildProcess {
  const root = packageRoot()
  const options = { cwd: root, stdio, env: { ...process.env, ...env } }
  return spawn(process.execPath, ['--import', 'tsx', join(root, file), ...args], options)
}
