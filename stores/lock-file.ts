/** Locks between processes of one machine: a file that names its holder, taken over when the holder is gone. */
import { randomUUID } from 'node:crypto'
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
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
 * Takes the lock `path`, or says which living process holds it; a crash releases it.
 *
 * Each change of hands is a file of its own, `path.1`, `path.2` and so on, and the highest number rules. It is made by
 * `link`, which gives a number to one process only, and is never removed, only superseded: so two processes that find
 * the same dead holder cannot both win, whatever happens between their looking and their linking.
 */
export async function takeLock(path: string): Promise<Lock | Holder> {
  await mkdir(dirname(path), { recursive: true })
  const mine: Holder = { pid: process.pid, identity: (await processIdentity(process.pid)) ?? '' }
  for (;;) {
    const { number, holder } = await ruling(path)
    if (holder && (await isAlive(holder))) return holder
    if (await supersede(path, number, mine)) return { release: () => release(path, number + 1) }
  }
}

export const isHeld = (result: Lock | Holder): result is Holder => 'pid' in result

/** Whether the very process that was written down still runs. */
export async function isAlive({ pid, identity }: Holder): Promise<boolean> {
  const now = await processIdentity(pid)
  return now !== undefined && (identity === '' || now === identity)
}

const numbersOf = async (path: string): Promise<number[]> => {
  const prefix = `${basename(path)}.`
  const names = await readdir(dirname(path))
  return names.flatMap((name) => {
    const number = name.startsWith(prefix) ? name.slice(prefix.length) : ''
    return /^\d+$/.test(number) ? [Number(number)] : []
  })
}

async function ruling(path: string): Promise<{ number: number; holder: Holder | undefined }> {
  const number = Math.max(0, ...(await numbersOf(path)))
  const text = await readFile(`${path}.${number}`, 'utf8').catch(() => '')
  return { number, holder: text === '' ? undefined : (JSON.parse(text) as Holder) }
}

/** Makes the next number ours, or says that another process came first. An empty file is a lock that nobody holds. */
async function supersede(path: string, number: number, holder: Holder | undefined): Promise<boolean> {
  const draft = join(dirname(path), `.${basename(path)}-${randomUUID()}`)
  await writeFile(draft, holder ? JSON.stringify(holder) : '')
  try {
    await link(draft, `${path}.${number + 1}`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
  const numbers = await numbersOf(path)
  // We may have looked so long ago that our number was given and cleared away before; then a higher one rules.
  const isRuling = Math.max(...numbers) === number + 1
  const old = isRuling ? numbers.filter((other) => other <= number) : [number + 1]
  await Promise.all(old.map((other) => rm(`${path}.${other}`, { force: true })))
  return isRuling
}

async function release(path: string, number: number): Promise<void> {
  await supersede(path, number, undefined).catch(() => undefined) // the folder may be gone, and the lock with it
}
