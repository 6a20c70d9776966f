import { mkdir, readdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FatalError, messageOf } from '../../errors/errors.js'
import type { WorldEvent } from '../../models/world/read-events.js'
import { topics } from '../../streams/topics.js'
import { worldLog } from './log.js'
import { worldParameters, type WorldSize } from './parameters.js'
import { planWorld } from './plan-world.js'
import { writeLines } from './write-lines.js'
import { renderInProcesses } from './render-in-processes.js'
import { writeTruth } from './write-truth.js'

export interface WriteOptions extends WorldSize {
  /** A folder that is empty or not there. */
  readonly folder: string
  /** How many render media side by side. */
  readonly processes: number
  readonly onProgress: (what: string, done: number, all: number) => void
}

export interface WorldCounts {
  readonly events: number
  readonly grades: number
}

const topicOf = new Map<string, string>(Object.values(topics).map(({ event, name }) => [event, name]))

/**
 * Writes a world: media/, events.jsonl (for `kinora replay events`), truth/ and, last, world.json: a folder without it is
 * a world half made. Throws WORLD_INVALID when the folder holds anything.
 */
export async function writeWorld({ folder, processes, onProgress, ...size }: WriteOptions): Promise<WorldCounts> {
  await refuseFilled(folder)
  for (const part of ['media/covers', 'media/clips', 'truth']) await mkdir(join(folder, part), { recursive: true })
  const plan = planWorld(size)
  let events = 0
  const lines = function* (): Generator<string> {
    for (const event of worldLog(size, plan.videos, plan.queries)) {
      if (++events % 20_000 === 0) onProgress('events', events, 0)
      yield eventLine(event)
    }
  }
  await writeLines(join(folder, 'events.jsonl'), lines())
  const grades = await writeTruth(folder, plan, size.seed)
  let rendered = 0
  const onDone = (): void => onProgress('videos', ++rendered, size.videos)
  await renderInProcesses({ ...size, folder }, processes, onDone)
  const about = { format: 1, ...size, events, grades, parameters: worldParameters }
  const record = join(folder, 'world.json')
  await writeFile(`${record}.part`, `${JSON.stringify(about, null, 2)}\n`)
  await rename(`${record}.part`, record)
  return { events, grades }
}

const eventLine = ({ name, event }: WorldEvent): string => JSON.stringify({ topic: topicOf.get(name), value: event })

async function refuseFilled(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new FatalError('WORLD_INVALID', `${folder} cannot be made a folder: ${messageOf(cause)}`, { cause })
  })
  if ((await readdir(folder)).length === 0) return
  throw new FatalError('WORLD_INVALID', `${folder} is not empty: name another folder, or remove what is in it`)
}
