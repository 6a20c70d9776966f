/** A refusal of the embedded engine, with ClickHouse's own number and name for it. */
export class EngineError extends Error {
  constructor(
    readonly code: number,
    readonly type: string,
    /** Without the code and the type around it. */
    readonly reason: string,
    options?: { cause?: unknown },
  ) {
    super(`Code: ${code}. DB::Exception: ${reason} (${type})`, options)
    this.name = 'EngineError'
  }

  /** What chDB throws is a text of the form that `message` has here, sometimes one inside another. */
  static from(error: unknown): unknown {
    if (error instanceof EngineError || !(error instanceof Error)) return error
    const match = /Code: (\d+)\. DB::\w*Exception: ([\s\S]*)\(([A-Z0-9_]+)\)[^()]*$/.exec(error.message)
    if (!match) return error
    const reason = match[2]!.replace(/^(Code: \d+\. DB::\w*Exception: )+/, '').replace(fileNoise, '')
    return new EngineError(Number(match[1]), match[3]!, reason.trim(), { cause: error })
  }
}

/** Rows reach the engine through a file of ours, which is nobody else's business. */
const fileNoise = /[:\s]*\(in file\/uri [^)]*\)|[:\s]*While executing [\s\S]*data for INSERT was parsed from file\.?/g
