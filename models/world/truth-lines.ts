import { createReadStream } from 'node:fs'
import type { z } from 'zod'
import { FatalError, messageOf } from '../../errors/errors.js'
import { linesOf } from '../../replay/lines.js'

/** More than any line of a world's truth. */
const MAX_LINE_BYTES = 1024 * 1024

/** The lines of a file as text with their numbers. Throws WORLD_INVALID when it cannot be read or a line is endless. */
export async function* textLines(path: string): AsyncGenerator<{ number: number; text: string }> {
  try {
    for await (const lines of linesOf(createReadStream(path) as AsyncIterable<Buffer>, MAX_LINE_BYTES))
      for (const { number, bytes, length } of lines) {
        if (length > bytes.length) throw new Error(`line ${number} has ${length} bytes`)
        if (bytes.length > 0) yield { number, text: bytes.toString('utf8') }
      }
  } catch (error) {
    if (error instanceof FatalError) throw error
    throw new FatalError('WORLD_INVALID', `cannot read ${path}: ${messageOf(error)}`, { cause: error })
  }
}

/** The documents of a JSONL file, checked. Throws WORLD_INVALID with file, line and field. */
export async function* readTruthLines<Type>(path: string, schema: z.ZodType<Type>): AsyncGenerator<Type> {
  for await (const { number, text } of textLines(path)) yield parseLine(`${path}:${number}`, text, schema)
}

function parseLine<Type>(where: string, text: string, schema: z.ZodType<Type>): Type {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new FatalError('WORLD_INVALID', `${where}: no JSON: ${messageOf(error)}`, { cause: error })
  }
  const result = schema.safeParse(json)
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'line'}: ${issue.message}`)
  throw new FatalError('WORLD_INVALID', `${where}: ${problems.join('; ')}`)
}
