import type { ErrorCode } from './codes.js'

/**
 * Every error that Kinora raises on purpose carries a stable code (docs/errors.md) and says whether a retry can help.
 * The property is spelled `retriable` because that is the one kafkajs obeys.
 */
export abstract class KinoraError extends Error {
  abstract readonly retriable: boolean

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options)
    this.name = new.target.name
  }
}

/** This record can never succeed: it is dead-lettered and the rest go on. */
export class RecordError extends KinoraError {
  readonly retriable = false
}

/** The world is down: back off and try again; nothing is committed meanwhile. */
export class TransientError extends KinoraError {
  readonly retriable = true
}

/** Configuration or deployment is wrong: stop now and say how to mend it. */
export class FatalError extends KinoraError {
  readonly retriable = false
}

/** The message of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
