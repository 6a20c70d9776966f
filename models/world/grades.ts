import { join } from 'node:path'
import { FatalError } from '../../errors/errors.js'
import { textLines } from './truth-lines.js'
import type { Split } from './truth.js'

/** How well a video answers a query: 2 well, 1 in part, 0 not. */
export interface Grade {
  readonly split: Split
  readonly query_id: string
  readonly video_id: string
  /** By what it promises: title, cover, account, text in the cover. */
  readonly perceived: number
  /** By what it holds. */
  readonly content: number
}

const HEADER = 'split\tquery_id\tvideo_id\tperceived\tcontent'
const LINE = /^(train|validation|test)\t([^\t]+)\t([^\t]+)\t([012])\t([012])$/

/** The graded pairs of a world, in the order of its file. Throws WORLD_INVALID naming the line that does not fit. */
export async function* readGrades(world: string): AsyncGenerator<Grade> {
  const path = join(world, 'truth', 'grades.tsv')
  for await (const { number, text } of textLines(path)) {
    const [, split, query_id, video_id, perceived, content] = LINE.exec(text) ?? []
    if (number === 1 ? text !== HEADER : split === undefined)
      throw new FatalError('WORLD_INVALID', `${path}:${number}: expected ${HEADER.replaceAll('\t', ', ')}`)
    if (number === 1) continue
    const grades = { perceived: Number(perceived), content: Number(content) }
    yield { split: split as Split, query_id: query_id!, video_id: video_id!, ...grades }
  }
}
