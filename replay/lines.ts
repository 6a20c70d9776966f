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
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Line> {
  let parts: Buffer[] = []
  let kept = 0
  let length = 0
  let number = 1

  const add = (part: Buffer): void => {
    length += part.length
    if (kept >= maxBytes) return
    const piece = part.subarray(0, maxBytes - kept)
    kept += piece.length
    parts.push(piece)
  }
  const finish = (): Line => {
    let bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts)
    if (length === bytes.length && bytes.at(-1) === RETURN) bytes = bytes.subarray(0, -1)
    const line = { number: number++, bytes, length: length > kept ? length : bytes.length }
    parts = []
    kept = length = 0
    return line
  }

  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      add(chunk.subarray(start, end))
      start = end + 1
      yield finish()
    }
    if (start < chunk.length) add(chunk.subarray(start))
  }
  if (length > 0) yield finish()
}
