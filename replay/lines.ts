/** One line of a file. */
export interface Line {
  /** From 1. */
  readonly number: number
  /** Without the line end; of a line that is too long only the beginning. */
  readonly bytes: Buffer
  /** The length of the whole line in bytes. */
  readonly length: number
}

const NEWLINE = 0x0a
const RETURN = 0x0d

/**
 * Splits chunks into lines (\n or \r\n), keeping at most `maxBytes` of one: whatever the file holds, memory stays
 * bounded. A line longer than that has `length` > `bytes.length`. A last line without a line end counts.
 * Gives the lines that end in one chunk at a time, because a promise for each would cost more than the line.
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<readonly Line[]> {
  const unfinished = new UnfinishedLine(maxBytes)
  for await (const chunk of chunks) {
    const lines: Line[] = []
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      unfinished.add(chunk.subarray(start, end))
      start = end + 1
      lines.push(unfinished.finish())
    }
    if (start < chunk.length) unfinished.add(chunk.subarray(start))
    if (lines.length > 0) yield lines
  }
  if (unfinished.length > 0) yield [unfinished.finish()]
}

class UnfinishedLine {
  length = 0
  private parts: Buffer[] = []
  private kept = 0
  private number = 1

  constructor(private readonly maxBytes: number) {}

  add(part: Buffer): void {
    this.length += part.length
    if (this.kept >= this.maxBytes) return
    const piece = part.subarray(0, this.maxBytes - this.kept)
    this.kept += piece.length
    this.parts.push(piece)
  }

  finish(): Line {
    const { parts, length, kept } = this
    let bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts)
    if (length === kept && bytes.at(-1) === RETURN) bytes = bytes.subarray(0, -1)
    this.parts = []
    this.kept = this.length = 0
    return { number: this.number++, bytes, length: length > kept ? length : bytes.length }
  }
}
