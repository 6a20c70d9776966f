import type {
  AsrTranscribed,
  CalibrationPublished,
  DeadLettered,
  Events,
  OcrRecognized,
  RecordsUnused,
  RequestClosed,
  ResultClicked,
  ResultsShown,
  TileCounted,
  TrainingSample,
  VideoUploaded,
  VideoWatched,
} from '../../schemas/events.js'
import type { Provenance } from './sink.js'

/** A row as JSONEachRow takes it: times are epoch milliseconds, which the engine reads as DateTime64(3) ticks. */
export type Row = Readonly<Record<string, unknown>>

/** Which topic a table stands for is plain: rows do not say it. */
type Origin = Omit<Provenance, 'topic'>

const source = ({ partition, offset }: Origin) => ({ source_partition: partition, source_offset: offset })

/** A row of several parts. Not a spread with more properties after it: V8 takes twenty times longer for that. */
const rowOf = (origin: Origin, ...parts: object[]): Row => Object.assign(source(origin), ...parts) as Row

/** One raw row per event, its columns named as its fields. */
const rawRows = (
  event: VideoUploaded | AsrTranscribed | OcrRecognized | ResultsShown | ResultClicked | VideoWatched,
  origin: Origin,
): Row[] => [rowOf(origin, { received_at: origin.receivedAt }, event)]

/** One row per shown video, each with the fields of its request. */
function outcomeRows({ outcomes, ...request }: RequestClosed, origin: Origin): Row[] {
  return outcomes.map((outcome) => rowOf(origin, request, outcome))
}

const sampleRows = (sample: TrainingSample, origin: Origin): Row[] => [rowOf(origin, sample)]

/** A tile over all queries is told from one of the empty query by `all_queries`, since a key cannot be null. */
const tileRows = (tile: TileCounted, origin: Origin): Row[] => [
  rowOf(origin, tile, { all_queries: tile.query === null, query: tile.query ?? '' }),
]

const calibrationRows = (calibration: CalibrationPublished, origin: Origin): Row[] => [
  { ...calibration, ...source(origin) },
]

/** Bytes travel as base64: JSON holds text only. */
const deadLetterRows = ({ key, value, ...letter }: DeadLettered, origin: Origin): Row[] => [
  {
    ...letter,
    key_base64: key?.toString('base64') ?? null,
    value_base64: value?.toString('base64') ?? null,
    ...source(origin),
  },
]

const unusedRows = ({ partition, entries }: RecordsUnused, origin: Origin): Row[] =>
  entries.map((entry) => rowOf(origin, { partition }, entry))

interface TableOf<Event> {
  readonly table: string
  rows(event: Event, origin: Origin): Row[]
}

/** The events that ClickHouse keeps: for each its table, and the rows that one record becomes. Pure. */
export const tables = {
  VideoUploaded: { table: 'raw_uploads', rows: rawRows },
  AsrTranscribed: { table: 'raw_asr', rows: rawRows },
  OcrRecognized: { table: 'raw_ocr', rows: rawRows },
  ResultsShown: { table: 'raw_impressions', rows: rawRows },
  ResultClicked: { table: 'raw_clicks', rows: rawRows },
  VideoWatched: { table: 'raw_watches', rows: rawRows },
  RequestClosed: { table: 'outcomes', rows: outcomeRows },
  TrainingSample: { table: 'samples', rows: sampleRows },
  TileCounted: { table: 'engagement_tiles', rows: tileRows },
  CalibrationPublished: { table: 'calibrations', rows: calibrationRows },
  DeadLettered: { table: 'dead_letters', rows: deadLetterRows },
  RecordsUnused: { table: 'unused_records', rows: unusedRows },
} as const satisfies { [Name in keyof Events]?: TableOf<Events[Name]> }

/** An event that ClickHouse keeps. */
export type StoredEvent = keyof typeof tables
