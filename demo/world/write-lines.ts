import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { finished } from 'node:stream/promises'

/** Writes lines as they come, no faster than the disk takes them. @returns how many */
export async function writeLines(path: string, lines: Iterable<string>): Promise<number> {
  const file = createWriteStream(path)
  const done = finished(file)
  let count = 0
  for (const line of lines) {
    if (!file.write(`${line}\n`)) await Promise.race([once(file, 'drain'), done])
    count++
  }
  file.end()
  await done
  return count
}
