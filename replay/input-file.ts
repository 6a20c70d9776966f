import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { FatalError, messageOf } from '../errors/errors.js'

/** A file to replay, or standard input. */
export interface InputFile {
  /** For messages: the path as given. */
  readonly path: string
  /** For dead letters: the last part of the path. */
  readonly name: string
  /** Throws FatalError COMMAND_INVALID when it cannot be read. */
  chunks(): AsyncGenerator<Buffer>
}

/** `-` is standard input. */
export function inputFile(path: string): InputFile {
  return {
    path: path === '-' ? 'standard input' : path,
    name: path === '-' ? 'stdin' : basename(path),
    async *chunks() {
      const stream = path === '-' ? process.stdin : createReadStream(path, { highWaterMark: 256 * 1024 })
      try {
        for await (const chunk of stream) yield chunk as Buffer
      } catch (error) {
        throw new FatalError('COMMAND_INVALID', `cannot read ${path}: ${messageOf(error)}`, { cause: error })
      }
    },
  }
}
