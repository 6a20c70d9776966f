import { createHash } from 'node:crypto'
import { lstat, open, readFile, realpath } from 'node:fs/promises'
import { join, relative, isAbsolute } from 'node:path'
import { FatalError } from '../../errors/errors.js'

/** A manifest or golden file larger than this is refused before it is read. */
const MAX_JSON_BYTES = 64 * 2 ** 20

export interface FileClaim {
  readonly file: string
  readonly sha256: string
  readonly bytes: number
}

/**
 * The path of a file of a set.
 *
 * @throws FatalError MODEL_SET_INVALID when the name, or a link behind it, leads out of the folder;
 *   MODEL_SET_CHANGED when nothing is there
 */
export async function pathInSet(folder: string, file: string): Promise<string> {
  const path = join(folder, file)
  if (leaves(folder, path)) throw outside(folder, file)
  try {
    const [root, real] = await Promise.all([realpath(folder), realpath(path)])
    if (leaves(root, real)) throw outside(folder, file)
    return real
  } catch (error) {
    if (error instanceof FatalError) throw error
    throw new FatalError('MODEL_SET_CHANGED', `${path} is missing: copy the set again as a whole`, { cause: error })
  }
}

function leaves(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way === '' || way === '..' || way.startsWith('../') || way.startsWith('..\\') || isAbsolute(way)
}

const outside = (folder: string, file: string): FatalError =>
  new FatalError('MODEL_SET_INVALID', `${folder}: "${file}" leads out of the set's folder`)

/** The bytes of a file that must be what the manifest says. Throws FatalError MODEL_SET_CHANGED. */
export async function readClaimed(folder: string, claim: FileClaim): Promise<Buffer> {
  const path = await pathInSet(folder, claim.file)
  const bytes = await readAtMost(path, claim.bytes)
  if (bytes.length !== claim.bytes)
    throw new FatalError('MODEL_SET_CHANGED', `${path} does not have the ${claim.bytes} bytes that the manifest says`)
  const found = createHash('sha256').update(bytes).digest('hex')
  if (found !== claim.sha256)
    throw new FatalError('MODEL_SET_CHANGED', `${path} has sha256 ${found}, and the manifest says ${claim.sha256}`)
  return bytes
}

/** At most one byte more than `limit`, however large the file is (or pretends to be). */
async function readAtMost(path: string, limit: number): Promise<Buffer> {
  const { size } = await lstat(path)
  if (size !== limit) return Buffer.alloc(0)
  const file = await open(path)
  try {
    const buffer = Buffer.alloc(limit)
    let filled = 0
    while (filled < limit) {
      const { bytesRead } = await file.read(buffer, filled, limit - filled, filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return buffer.subarray(0, filled)
  } finally {
    await file.close()
  }
}

/** The text of a JSON file of bounded size. Throws FatalError MODEL_SET_INVALID. */
export async function readJsonText(path: string): Promise<string> {
  const stat = await lstat(path)
  if (!stat.isFile()) throw new FatalError('MODEL_SET_INVALID', `${path} is no file`)
  if (stat.size > MAX_JSON_BYTES)
    throw new FatalError(
      'MODEL_SET_INVALID',
      `${path} has ${stat.size} bytes; more than ${MAX_JSON_BYTES} is no manifest`,
    )
  return readFile(path, 'utf8')
}
