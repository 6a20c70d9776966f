import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { messageOf, RecordError } from '../../errors/errors.js'
import type { MediaSource } from './media-job.js'

/**
 * The bytes of a source. Only regular files are read: a pipe may never end.
 *
 * @throws RecordError MEDIA_TOO_LARGE, MEDIA_UNSUPPORTED, MEDIA_BROKEN when it cannot be read
 */
export async function bytesOf(source: MediaSource, maxBytes: number): Promise<Uint8Array> {
  if (typeof source !== 'string') {
    checkBytes(source.length, maxBytes)
    return source
  }
  // Opening a pipe without O_NONBLOCK waits for somebody who writes.
  const file = await orBroken(open(source, constants.O_RDONLY | constants.O_NONBLOCK))
  try {
    return await orBroken(readAll(file, maxBytes))
  } finally {
    await file.close()
  }
}

async function readAll(file: FileHandle, maxBytes: number): Promise<Uint8Array> {
  const status = await file.stat()
  if (!status.isFile()) throw new RecordError('MEDIA_UNSUPPORTED', 'is no regular file')
  checkBytes(status.size, maxBytes)
  const bytes = new Uint8Array(status.size)
  let length = 0
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return bytes.subarray(0, length)
}

/** @throws RecordError MEDIA_TOO_LARGE */
export function checkBytes(length: number, maxBytes: number): void {
  if (length > maxBytes) throw new RecordError('MEDIA_TOO_LARGE', `${length} bytes, more than ${maxBytes}`)
}

async function orBroken<Value>(reading: Promise<Value>): Promise<Value> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof RecordError) throw error
    throw new RecordError('MEDIA_BROKEN', `cannot be read: ${messageOf(error)}`, { cause: error })
  }
}
