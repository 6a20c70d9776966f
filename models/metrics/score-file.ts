import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { FatalError, messageOf } from '../../errors/errors.js'
import { show } from '../../schemas/field-path.js'

/** The documents of one query: columns of equal length. */
export interface ScoredQuery {
  readonly query: string
  readonly labels: number[]
  readonly scores: number[]
  /** Of the system to compare with; empty when the file has no such column. */
  readonly rivals: number[]
}

const MAX_ROWS = 10_000_000
/** 2^label must stay a number that can be added up. */
const MAX_LABEL = 100

/**
 * Reads a tab-separated file of `query, label, score` and, if it has a fourth column, a rival's score; the rows of a
 * query need not be together. A first line without any number after the query is a header.
 *
 * @throws FatalError COMMAND_INVALID naming file, line and what to mend
 */
export async function readScoreFile(path: string): Promise<ScoredQuery[]> {
  const queries = new Map<string, ScoredQuery>()
  let [line, width] = [0, 0]
  for await (const text of linesOf(path)) {
    line += 1
    if (line > MAX_ROWS) throw invalid(path, line, `more than ${MAX_ROWS} rows: score a sample of the queries`)
    if (text === '') continue
    const cells = text.split('\t')
    const first = width === 0
    width ||= cells.length
    if (cells.length !== width || width < 3 || width > 4)
      throw invalid(path, line, `${cells.length} columns; expected query, label, score and at most a rival's score`)
    if (first && cells.slice(1).every(isWord)) continue
    const [label, score, rival] = cells.slice(1).map((cell) => numberIn(cell, path, line))
    if (label! < 0 || label! > MAX_LABEL) throw invalid(path, line, `the label ${label!} is not in 0..${MAX_LABEL}`)
    const name = cells[0]!
    const known = queries.get(name) ?? { query: name, labels: [], scores: [], rivals: [] }
    queries.set(name, known)
    known.labels.push(label!)
    known.scores.push(score!)
    if (rival !== undefined) known.rivals.push(rival)
  }
  if (queries.size === 0) throw new FatalError('COMMAND_INVALID', `${path} has no rows`)
  return [...queries.values()]
}

async function* linesOf(path: string): AsyncGenerator<string> {
  const input = createReadStream(path, 'utf8')
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) yield line.replace(/^\uFEFF/, '')
  } catch (error) {
    throw new FatalError('COMMAND_INVALID', `${path} cannot be read: ${messageOf(error)}`, { cause: error })
  } finally {
    input.destroy()
  }
}

/** Neither a number nor what programs write where they have none. */
const isWord = (cell: string): boolean => Number.isNaN(Number(cell)) && !/^\s*[+-]?(nan|inf(inity)?)\s*$/i.test(cell)

function numberIn(cell: string, path: string, line: number): number {
  const value = Number(cell)
  if (cell.trim() === '' || !Number.isFinite(value)) throw invalid(path, line, `${show(cell)} is no finite number`)
  return value
}

const invalid = (path: string, line: number, problem: string): FatalError =>
  new FatalError('COMMAND_INVALID', `${path}, line ${line}: ${problem}`)
