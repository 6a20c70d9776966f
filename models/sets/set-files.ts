import { createHash } from 'node:crypto'
import { lstat, open, realpath } from 'node:fs/promises'
import { join, relative, isAbsolute } from 'node:path'
import { FatalError, messageOf } from '../../errors/errors.js'
import { MAX_JSON_BYTES } from './manifest.js'

export interface FileClaim {
  readonly file: string
  readonly sha256: string
  readonly bytes: number
}

/**
 * The path of a file of a set.
 *
 * @throws FatalError MODEL_SET_INVALID when the name, or a link behind it, leads out of the folder;
 *   MODEL_SET_CHANGED when nothing is there, or the way to it is barred
 */
export async function pathInSet(folder: string, file: string): Promise<string> {
  const path = join(folder, file)
  if (leaves(folder, path)) throw outside(folder, file)
  const [root, real] = await orChanged(path, Promise.all([realpath(folder), realpath(path)]))
  if (leaves(root, real)) throw outside(folder, file)
  return real
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
  const { size } = await orChanged(path, lstat(path))
  const bytes = size === claim.bytes ? await orChanged(path, readBytes(path, size)) : undefined
  if (bytes?.length !== claim.bytes)
    throw changed(path, `does not have the ${claim.bytes} bytes that the manifest says`)
  const found = createHash('sha256').update(bytes).digest('hex')
  if (found !== claim.sha256) throw changed(path, `has sha256 ${found}, and the manifest says ${claim.sha256}`)
  return bytes
}

/** The text of a JSON file of bounded size. Throws FatalError MODEL_SET_INVALID, or MODEL_SET_CHANGED when unreadable. */
export async function readJsonText(path: string): Promise<string> {
  const stat = await orChanged(path, lstat(path))
  if (!stat.isFile()) throw new FatalError('MODEL_SET_INVALID', `${path} is no file`)
  if (stat.size > MAX_JSON_BYTES)
    throw new FatalError(
      'MODEL_SET_INVALID',
      `${path} has ${stat.size} bytes; more than ${MAX_JSON_BYTES} is no manifest`,
    )
  return (await orChanged(path, readBytes(path, stat.size))).toString('utf8')
}

/** At most `limit` bytes, however large the file is by now. */
async function readBytes(path: string, limit: number): Promise<Buffer> {
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

async function orChanged<Value>(path: string, reading: Promise<Value>): Promise<Value> {
  try {
    return await reading
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    const what = isMissing ? 'is missing: copy the set again as a whole' : `cannot be read: ${messageOf(cause)}`
    throw changed(path, what, cause)
  }
}

const changed = (path: string, what: string, cause?: unknown): FatalError =>
  new FatalError('MODEL_SET_CHANGED', `${path} ${what}`, { cause })
