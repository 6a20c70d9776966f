import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { FatalError } from '../errors/errors.js'

const run = promisify(execFile)

/** Kafka 4 runs on nothing older. */
export const OLDEST_JAVA = 17

export interface Java {
  readonly major: number
  /** The full version, to tell two builds apart: `17.0.15+6-Debian-1deb12u1`. */
  readonly build: string
}

/** The java on the PATH, or undefined when there is none. */
export async function findJava(): Promise<Java | undefined> {
  try {
    const { stderr } = await run('java', ['-version'])
    const major = Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0)
    return { major, build: /\(build ([^,)]+)/.exec(stderr)?.[1] ?? String(major) }
  } catch {
    return undefined
  }
}

/** @throws FatalError STACK_FAILED when there is no java, or an old one */
export async function requireJava(): Promise<Java> {
  const java = await findJava()
  if (!java) throw new FatalError('STACK_FAILED', `java is not on the PATH; install Java ${OLDEST_JAVA} or later`)
  if (java.major >= OLDEST_JAVA) return java
  throw new FatalError('STACK_FAILED', `java is version ${java.major}; Kafka needs Java ${OLDEST_JAVA} or later`)
}
