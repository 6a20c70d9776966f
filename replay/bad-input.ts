import { RecordError } from '../errors/errors.js'
import type { Codec } from '../schemas/codec.js'
import type { InputFile } from './input-file.js'
import { deadLetterRecord, type OutgoingRecord } from './record.js'

/** What becomes of a line that is no valid event: the replay ends there, or the line becomes a dead letter. */
export type OnBadLine = 'stop' | 'dead-letter'

export interface ReadOptions {
  readonly codec: Codec
  /** Default: stop. */
  readonly onBadLine?: OnBadLine
  /** The wall clock, for the dead letters. */
  readonly now?: () => number
}

/** The name under which dead letters of a replay are found. */
const STREAM = 'replay'

/**
 * The records of one line, or its dead letter: topic = the file's name, offset = the line number.
 * Throws a RecordError whose message starts with `file:line:` when bad lines stop the replay.
 */
export function recordsOfLine(
  source: { file: InputFile; line: number; bytes: () => Buffer },
  options: ReadOptions,
  parse: () => OutgoingRecord[],
): OutgoingRecord[] {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof RecordError)) throw error
    const { file, line } = source
    if (options.onBadLine !== 'dead-letter') {
      throw new RecordError(error.code, `${file.path}:${line}: ${error.message}`, { cause: error })
    }
    const letter = {
      stream: STREAM,
      code: error.code,
      reason: error.message,
      topic: file.name,
      partition: 0,
      offset: line,
      received_at: (options.now ?? Date.now)(),
      key: null,
      value: source.bytes(),
    }
    return [deadLetterRecord(options.codec, letter)]
  }
}
