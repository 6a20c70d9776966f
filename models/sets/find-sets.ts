import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { FatalError } from '../../errors/errors.js'

/** A folder that says it is a model set; nobody has looked inside yet. */
export interface SetOnDisk {
  readonly set: string
  readonly version: string
  readonly folder: string
}

const NAME = /^[a-z0-9][a-z0-9.-]{0,63}$/
const WANTED = /^([a-z0-9][a-z0-9.-]{0,63})(?:\/([a-z0-9][a-z0-9.-]{0,63}))?$/

export const nameOf = ({ set, version }: SetOnDisk): string => `${set}/${version}`

/**
 * The sets in a folder (`<set>/<version>/manifest.json`), by name, older versions first.
 *
 * @throws FatalError MODEL_SET_NOT_FOUND when there is no such folder
 */
export async function findSets(root: string): Promise<SetOnDisk[]> {
  const sets: SetOnDisk[] = []
  for (const set of await namesIn(root).catch((cause: unknown) => Promise.reject(noFolder(root, cause))))
    for (const version of await namesIn(join(root, set)).catch(() => [])) {
      const folder = join(root, set, version)
      if (await isFile(join(folder, 'manifest.json'))) sets.push({ set, version, folder })
    }
  return sets.sort((a, b) => order(a.set, b.set) || order(a.version, b.version))
}

/**
 * One of them: `set/version`, or `set` for its highest version that is a plain number (the half-precision copies and
 * drafts beside it are used only by their full name).
 *
 * @throws FatalError MODEL_SET_NOT_FOUND with what is there
 */
export async function findSet(root: string, wanted: string): Promise<SetOnDisk> {
  const [, set, version] = WANTED.exec(wanted) ?? []
  const there = await findSets(root)
  const found = there
    .filter((each) => each.set === set)
    .filter((each) => (version === undefined ? /^[\d.]+$/.test(each.version) : each.version === version))
    .at(-1)
  if (found) return found
  const names = there.map(nameOf).join(', ') || 'nothing'
  throw new FatalError('MODEL_SET_NOT_FOUND', `no model set "${wanted}" in ${root}: there is ${names}`)
}

const namesIn = async (folder: string): Promise<string[]> => (await readdir(folder)).filter((name) => NAME.test(name))

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  )

/** 2 before 10. */
const order = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true })

const noFolder = (root: string, cause: unknown): FatalError =>
  new FatalError('MODEL_SET_NOT_FOUND', `${root} is no folder of model sets`, { cause })
