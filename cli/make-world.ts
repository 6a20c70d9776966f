import { availableParallelism } from 'node:os'
import { Command } from 'commander'
import { wholeNumber } from './whole-number.js'
import { KinoraError, messageOf } from '../errors/errors.js'
import { writeContactSheet } from '../demo/world/contact-sheet.js'
import { writeWorld } from '../demo/world/write-world.js'

interface Options {
  out: string
  videos: number
  requests: number
  seed: number
  sheet?: true
}

const command = new Command('npm run world --')
  .description('Makes a synthetic video world with known truth: media, the events of all six topics, and the truth.')
  .requiredOption('--out <dir>', 'an empty folder, or one that is not there')
  .option('--videos <n>', 'how many videos', wholeNumber(20, 1_000_000), 1_500)
  .option('--requests <n>', 'how many searches', wholeNumber(0, 10_000_000), 6_000)
  .option('--seed <n>', 'which world: the same seed and sizes, the same files', wholeNumber(0, 2 ** 31), 7)
  .option('--sheet', 'also draw sheet.png: covers, frames, titles and what the videos hold')

async function main({ out, sheet, ...size }: Options): Promise<number> {
  const started = performance.now()
  try {
    const processes = Math.min(availableParallelism(), 8)
    const counts = await writeWorld({ ...size, folder: out, processes, onProgress: showProgress })
    if (sheet) await writeContactSheet(out, size)
    const seconds = Math.round((performance.now() - started) / 1000)
    console.log(`${out}: ${size.videos} videos, ${counts.events} events, ${counts.grades} grades, in ${seconds} s`)
    return 0
  } catch (error) {
    console.error(error instanceof KinoraError ? `${error.code}: ${error.message}` : messageOf(error))
    return 1
  }
}

let shownAt = 0
function showProgress(what: string, done: number, all: number): void {
  const now = performance.now()
  if (now - shownAt < (process.stderr.isTTY ? 200 : 5_000) && done !== all) return
  shownAt = now
  const line = all > 0 ? `${what}: ${done} of ${all} (${Math.floor((100 * done) / all)} %)` : `${what}: ${done}`
  const isLast = done === all
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${line}${isLast ? '\n' : ''}` : `${line}\n`)
}

process.exit(await main(command.parse().opts<Options>()))
