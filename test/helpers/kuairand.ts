import { createHash } from 'node:crypto'

/** One row of a made-up KuaiRand log, with what the log would say about it. */
export interface MadeRow {
  readonly user_id: string
  readonly video_id: string
  readonly hourmin: string
  readonly time_ms: number
  readonly is_click: 0 | 1
  readonly play_time_ms: number
  readonly duration_ms: number
  readonly long_view: 0 | 1
}

const DAY0 = Date.UTC(2022, 3, 9)

/** Numbers that look random and depend on seed and place only. */
const number = (seed: number, row: number, what: string, below: number): number =>
  createHash('md5').update(`${seed}/${row}/${what}`).digest().readUInt32BE(0) % below

/**
 * Rows of the shape and with the dirt of the real log: durations of 0 (unknown) and around the thresholds, plays longer
 * than the video, rows out of time order, rows repeated (some with another `hourmin`).
 */
export function makeRows(count: number, seed = 1): MadeRow[] {
  const rows: MadeRow[] = []
  for (let i = 0; rows.length < count; i++) {
    const pick = (what: string, below: number) => number(seed, i, what, below)
    if (rows.length > 0 && pick('repeat', 50) === 0) {
      const row = rows[pick('which', rows.length)]!
      rows.push(pick('other hourmin', 2) === 0 ? { ...row, hourmin: '2359' } : row)
      continue
    }
    const duration_ms = pick('unknown', 5) === 0 ? 0 : pick('short', 3) === 0 ? pick('ms', 20_000) : pick('ms', 300_000)
    const play_time_ms =
      pick('played', 30) === 0 ? 0 : Math.floor((pick('share', 2000) / 1000) * (duration_ms || 40_000))
    rows.push({
      user_id: String(100 + pick('user', 40)),
      video_id: String(1_000_000 + pick('video', 500)),
      hourmin: String(pick('hour', 24) * 100),
      time_ms: DAY0 + pick('time', 30 * 24 * 3600) * 1000 + pick('time ms', 1000),
      is_click: pick('click', 3) === 0 ? 1 : 0,
      play_time_ms,
      duration_ms,
      long_view: isLongView(play_time_ms, duration_ms) ? 1 : 0,
    })
  }
  return rows
}

/** As the README of the dataset says it, in whole seconds. */
function isLongView(play_time_ms: number, duration_ms: number): boolean {
  const [play, duration] = [Math.floor(play_time_ms / 1000), Math.floor(duration_ms / 1000)]
  return duration_ms > 0 && duration <= 18 ? play_time_ms > 0 && play >= duration : play >= 18
}

/** The rows as a tab separated cut. */
export const asTsv = (rows: readonly MadeRow[]): string =>
  table(rows, '\t', [
    'user_id',
    'video_id',
    'date',
    'hourmin',
    'time_ms',
    'is_click',
    'is_follow',
    'long_view',
    'play_time_ms',
    'duration_ms',
    'label',
    'timestamp',
  ])

/** The rows as one of the public CSV files. */
export const asCsv = (rows: readonly MadeRow[]): string =>
  table(rows, ',', [
    'user_id',
    'video_id',
    'date',
    'hourmin',
    'time_ms',
    'is_click',
    'is_like',
    'is_follow',
    'is_comment',
    'is_forward',
    'is_hate',
    'long_view',
    'play_time_ms',
    'duration_ms',
    'profile_stay_time',
    'comment_stay_time',
    'is_profile_enter',
    'is_rand',
    'tab',
  ])

function table(rows: readonly MadeRow[], delimiter: string, columns: readonly string[]): string {
  const lines = rows.map((row) => columns.map((column) => cell(row, column)).join(delimiter))
  return [columns.join(delimiter), ...lines, ''].join('\n')
}

function cell(row: MadeRow, column: string): string {
  if (column in row) return String(row[column as keyof MadeRow])
  const beijing = new Date(row.time_ms + 8 * 3_600_000).toISOString()
  if (column === 'date') return beijing.slice(0, 10).replaceAll('-', '')
  if (column === 'timestamp') return new Date(row.time_ms).toISOString().slice(0, 19).replace('T', ' ')
  return '0'
}
