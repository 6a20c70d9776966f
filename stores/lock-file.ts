/** Locks between processes of one machine: a file that names its holder, taken over when the holder is gone. */
import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { processIdentity } from './process-identity.js'

export interface Holder {
  readonly pid: number
  /** Tells this process from a later one that was given the same pid. */
  readonly identity: string
}

export interface Lock {
  release(): Promise<void>
}

/**
 * Takes the lock, or says which living process holds it.
 * A crash leaves the file behind; the next taker sees that its holder is gone and replaces it.
 */
export async function takeLock(path: string): Promise<Lock | Holder> {
  await mkdir(dirname(path), { recursive: true })
  const mine: Holder = { pid: process.pid, identity: (await processIdentity(process.pid)) ?? '' }
  // The file appears with its content or not at all: written aside, then linked, which fails if the name is taken.
  const draft = `${path}.${randomUUID()}`
  await writeFile(draft, JSON.stringify(mine))
  try {
    for (;;) {
      if (await linked(draft, path)) return { release: () => rm(path, { force: true }) }
      const holder = await readHolder(path)
      if (holder && (await isAlive(holder))) return holder
      if (holder) await removeStale(path, holder)
    }
  } finally {
    await rm(draft, { force: true })
  }
}

export const isHeld = (result: Lock | Holder): result is Holder => 'pid' in result

/** Whether the very process that was written down still runs. */
export async function isAlive({ pid, identity }: Holder): Promise<boolean> {
  const now = await processIdentity(pid)
  return now !== undefined && (identity === '' || now === identity)
}

const linked = async (from: string, to: string): Promise<boolean> => {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as Holder)
}

/** Two takers may see the same dead holder: moving the file away first shows whether it is still the one that died. */
async function removeStale(path: string, dead: Holder): Promise<void> {
  const aside = `${path}.${randomUUID()}`
  try {
    await rename(path, aside)
  } catch {
    return // another taker was faster
  }
  const moved = await readHolder(aside)
  if (moved && (moved.pid !== dead.pid || moved.identity !== dead.identity)) await linked(aside, path)
  await rm(aside, { force: true })
}
