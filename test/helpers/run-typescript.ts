import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { join } from 'node:path'
import { packageRoot } from '../../config/package-root.js'

/** A node process that runs one of our TypeScript files straight from the sources. */
export function runTypeScript(file: string, args: readonly string[], stdio: StdioOptions): ChildProcess {
  const root = packageRoot()
  return spawn(process.execPath, ['--import', 'tsx', join(root, file), ...args], { cwd: root, stdio })
}
