import { createHash } from 'node:crypto'
import { parse } from 'csv-parse/sync'
import { FatalError, RecordError } from '../errors/errors.js'
import type { ResultClicked, ResultsShown, VideoWatched } from '../schemas/events.js'
import { show } from '../schemas/field-path.js'

/** What a row of a KuaiRand log tells us. */
export interface KuaiRandRow {
  readonly user_id: string
  readonly video_id: string
  readonly time_ms: number
  readonly is_click: boolean
  /** 0 when nothing was played. */
  readonly play_time_ms: number
  /** null when the log has 0 or nothing. */
  readonly duration_ms: number | null
}

const required = ['user_id', 'video_id', 'time_ms', 'is_click'] as const
const optional = ['play_time_ms', 'duration_ms'] as const
type Column = (typeof required)[number] | (typeof optional)[number]

/** Reads the lines of one file, whose header says what is where: the public CSV files and tab separated cuts differ. */
export class KuaiRandColumns {
  private constructor(
    private readonly delimiter: string,
    private readonly width: number,
    private readonly indices: ReadonlyMap<Column, number>,
  ) {}

  /** Throws FatalError COMMAND_INVALID when the header has not what a row needs. */
  static of(header: string, path: string): KuaiRandColumns {
    const delimiter = header.includes('\t') ? '\t' : ','
    const names = cells(header.replace(/^\uFEFF/, ''), delimiter).map((name) => name.trim())
    const missing = required.filter((name) => !names.includes(name))
    if (missing.length > 0) {
      const found = `its first line is ${show(header)}`
      throw new FatalError('COMMAND_INVALID', `${path} is no KuaiRand log: no column ${missing.join(', ')}; ${found}`)
    }
    const indices = [...required, ...optional].flatMap((name) => {
      const index = names.indexOf(name)
      return index < 0 ? [] : [[name, index] as const]
    })
    return new KuaiRandColumns(delimiter, names.length, new Map(indices))
  }

  /** The time of a line; NaN when it has none, which {@link row} then explains. */
  timeOf(line: string): number {
    const text = cells(line, this.delimiter)[this.indices.get('time_ms')!]
    return text !== undefined && INTEGER.test(text) ? Number(text) : NaN
  }

  /** Throws RecordError RECORD_INVALID naming the column and its value. */
  row(line: string): KuaiRandRow {
    const values = cells(line, this.delimiter)
    if (values.length !== this.width) throw invalid(`the line has ${values.length} columns, the header ${this.width}`)
    const value = (column: Column): string => values[this.indices.get(column) ?? -1] ?? ''
    const click = integer('is_click', value('is_click'))
    if (click > 1) throw invalid(`is_click is ${click}, not 0 or 1`)
    return {
      user_id: value('user_id'),
      video_id: value('video_id'),
      time_ms: integer('time_ms', value('time_ms')),
      is_click: click === 1,
      play_time_ms: value('play_time_ms') === '' ? 0 : integer('play_time_ms', value('play_time_ms')),
      duration_ms: value('duration_ms') === '' ? null : integer('duration_ms', value('duration_ms')) || null,
    }
  }
}

function cells(line: string, delimiter: string): string[] {
  if (!line.includes('"')) return line.split(delimiter)
  try {
    return parse(line, { delimiter })[0] ?? []
  } catch (error) {
    throw invalid(`the line is no CSV: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Tools that hold such tables as floating point write 46186.0. */
const INTEGER = /^\d{1,16}(?:\.0+)?$/

function integer(column: Column, text: string): number {
  if (INTEGER.test(text)) return Number(text)
  throw invalid(`${column} is ${show(text)}, not a whole number from 0`)
}

const invalid = (message: string): RecordError => new RecordError('RECORD_INVALID', message)

/** A click, and the watch record, come this long after the impression; the log does not say when. */
const REACTION_MS = 1000

export interface KuaiRandEvents {
  readonly shown: ResultsShown
  readonly clicked: ResultClicked | null
  readonly watched: VideoWatched | null
}

/**
 * One row → one request with one impression, and what the user did. Deterministic: a row that the log repeats becomes
 * redelivered events. The log knows no query and no device.
 */
export function eventsOfRow(row: KuaiRandRow): KuaiRandEvents {
  const { user_id, video_id, time_ms: at, duration_ms } = row
  const request_id = requestIdOf(row)
  const reaction = { request_id, at: at + REACTION_MS, user_id, video_id }
  return {
    shown: {
      request_id,
      at,
      user_id,
      query: '',
      device: '',
      results: [{ video_id, position: 1, duration_ms }],
      variants: {},
      model_set: null,
      served_features_at: null,
    },
    clicked: row.is_click ? { ...reaction, position: 1 } : null,
    watched:
      row.play_time_ms > 0
        ? { ...reaction, play_id: request_id, watched_ms: row.play_time_ms, duration_ms, autoplay: !row.is_click }
        : null,
  }
}

/** 128 bits of SHA-256 over user, video and time. */
const requestIdOf = ({ user_id, video_id, time_ms }: KuaiRandRow): string =>
  createHash('sha256')
    .update(JSON.stringify([user_id, video_id, time_ms]))
    .digest('hex')
    .slice(0, 32)
