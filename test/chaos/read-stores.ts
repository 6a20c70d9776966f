import type { Outcome, TrainingSample } from '../../schemas/events.js'
import type { Fact } from './oracle-facts.js'
import type { Tile } from './oracle-engagement.js'

/** Where ClickHouse is; read with plain HTTP, so that the product's own client has no say in what is found. */
export interface ClickHouseDatabase {
  url: string
  database: string
}

/** The rows of a query, 64-bit integers as numbers. */
export const clickhouseRows = async <Row>({ url, database }: ClickHouseDatabase, sql: string): Promise<Row[]> => {
  const body = `${sql} SETTINGS output_format_json_quote_64bit_integers = 0 FORMAT JSONEachRow`
  const response = await fetch(`${url}/?database=${encodeURIComponent(database)}`, { method: 'POST', body })
  const text = await response.text()
  if (!response.ok) throw new Error(`ClickHouse refused ${sql}: ${text.slice(0, 500)}`)
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row)
}

/** A time column as epoch milliseconds. */
const ms = (column: string): string => `toUnixTimestamp64Milli(${column}) AS ${column}`

export const storedOutcomes = (database: ClickHouseDatabase): Promise<Outcome[]> =>
  clickhouseRows(
    database,
    `SELECT * REPLACE (${ms('shown_at')}, ${ms('first_click_at')}, ${ms('served_features_at')}) FROM outcomes FINAL`,
  )

export const storedSamples = (database: ClickHouseDatabase): Promise<TrainingSample[]> =>
  clickhouseRows(database, `SELECT * REPLACE (${ms('shown_at')}) FROM samples FINAL`)

export const storedFacts = (database: ClickHouseDatabase): Promise<Fact[]> =>
  clickhouseRows(
    database,
    `SELECT request_id, video_id, shown, clicked, arraySum(mapValues(plays)) AS watched_ms FROM impression_facts FINAL`,
  )

/** Tiles that have come back to nothing are as good as absent. */
export const storedTiles = async (database: ClickHouseDatabase): Promise<Tile[]> => {
  const columns = 'impressions, clicks, watched_ms, long_clicks, completes'
  const query = 'if(all_queries, NULL, query) AS query'
  const sql = `SELECT video_id, all_queries, ${query}, ${ms('tile')}, ${columns} FROM engagement_tiles FINAL`
  return (await clickhouseRows<Tile>(database, sql)).filter((tile) => !isEmpty(tile))
}

export const isEmpty = (tile: Tile): boolean =>
  [tile.impressions, tile.clicks, tile.watched_ms, tile.long_clicks, tile.completes].every((count) => count === 0)

/** Where a record was, and why no outcome used it. */
export interface StoredUnused {
  topic: string
  partition: number
  offset: number
  reason: string
}

export const storedUnused = (database: ClickHouseDatabase): Promise<StoredUnused[]> =>
  clickhouseRows(database, 'SELECT topic, partition, offset, reason FROM unused_records FINAL')

/** Positions of dead letters of one stream. */
export const storedDeadLetters = (
  database: ClickHouseDatabase,
  stream: string,
): Promise<Omit<StoredUnused, 'reason'>[]> =>
  clickhouseRows(database, `SELECT topic, partition, offset FROM dead_letters FINAL WHERE stream = '${stream}'`)

/** How many outcomes of requests up to a time are there. */
export const countOutcomes = async (database: ClickHouseDatabase, shownUpTo: number): Promise<number> => {
  const sql = `SELECT count() AS rows FROM outcomes FINAL WHERE shown_at <= fromUnixTimestamp64Milli(${shownUpTo})`
  return (await clickhouseRows<{ rows: number }>(database, sql))[0]!.rows
}
