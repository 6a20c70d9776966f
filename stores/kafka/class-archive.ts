import { existsSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Java } from '../java.js'

export interface ClassArchive {
  /** For the command line of java. */
  readonly options: readonly string[]
  /** To be called when java has ended: puts a new archive in its place. */
  keep(): Promise<void>
}

/**
 * Java's class data sharing: the first run writes the loaded classes into an archive beside the jars as it ends, and
 * later runs start in half the time. Only a cache: when it is missing, or made by another Java, java goes without.
 */
export function classArchive(jars: string, java: Java): ClassArchive {
  const file = join(jars, `classes-${java.build.replace(/[^\w.+-]/g, '_')}.jsa`)
  const draft = `${file}.${process.pid}.${Date.now()}`
  const quiet = ['-Xlog:cds=off', '-Xlog:cds+dynamic=off']
  const option = existsSync(file) ? `-XX:SharedArchiveFile=${file}` : `-XX:ArchiveClassesAtExit=${draft}`
  const keep = async (): Promise<void> => {
    if (existsSync(draft)) await rename(draft, file).catch(() => undefined)
  }
  return { options: [option, '-Xshare:auto', ...quiet], keep }
}
