/**
 * The events as TypeScript sees them, one interface per Avro record in `schemas/avro` (a test compares them).
 * Times are epoch milliseconds UTC; a nullable field is always present in a decoded event.
 */

export interface VideoUploaded {
  video_id: string
  at: number
  title: string
  account_id: string
  account_name: string
  cover_uri: string | null
  media_uri: string | null
  duration_ms: number | null
  /** true takes the video and its features down. */
  deleted: boolean
}

export interface AsrTranscribed {
  video_id: string
  at: number
  segments: { start_ms: number; end_ms: number; text: string }[]
  engine: string
}

export interface OcrRecognized {
  video_id: string
  at: number
  source: 'cover' | 'frame'
  texts: { text: string; at_ms: number | null; confidence: number | null }[]
  engine: string
}

export interface ResultsShown {
  request_id: string
  /** shown_at of the request. */
  at: number
  user_id: string
  query: string
  device: string
  results: { video_id: string; position: number; duration_ms: number | null }[]
  /** experiment → variant */
  variants: Record<string, string>
  model_set: string | null
  served_features_at: number | null
}

export interface ResultClicked {
  request_id: string
  at: number
  user_id: string
  video_id: string
  position: number | null
}

export interface VideoWatched {
  request_id: string
  at: number
  user_id: string
  video_id: string
  play_id: string
  /** Cumulative within the play. */
  watched_ms: number
  duration_ms: number | null
  autoplay: boolean
}

/** What became of one shown video; the fields that its request has too are in RequestClosed. */
export interface VideoOutcome {
  video_id: string
  position: number
  clicked: boolean
  first_click_at: number | null
  clicks: number
  watched_ms: number
  duration_ms: number | null
  completion: number | null
  valid_play: boolean
  long_view: boolean
  short_play: boolean
  complete: boolean
  autoplay: boolean
}

/** One request whose window closed, with the outcome of every video shown. Labels need the whole request. */
export interface RequestClosed {
  request_id: string
  user_id: string
  query: string
  shown_at: number
  device: string
  variants: Record<string, string>
  model_set: string | null
  served_features_at: number | null
  outcomes: VideoOutcome[]
}

/** One row of the stores: an outcome with its request's fields. */
export type Outcome = Omit<RequestClosed, 'outcomes'> & VideoOutcome

export type UnusedReason = 'duplicate' | 'late' | 'orphan' | 'dead'

/** Records of the behavior topics that no outcome used, with the reason. */
export interface RecordsUnused {
  partition: number
  entries: { topic: string; offset: number; reason: UnusedReason }[]
}

/** One change to the tile of a (query, video); counts may be negative. */
export interface EngagementDelta {
  video_id: string
  query: string
  /** Start of the 5-minute tile, epoch ms. */
  tile: number
  impressions: number
  clicks: number
  watched_ms: number
  long_clicks: number
  completes: number
}

/** What one commit of the joiner on one input partition changed, for one partition of videos. */
export interface EngagementChanged {
  source_partition: number
  /** The joiner's watermark of that partition when this was written. */
  watermark: number
  /** The number of source partitions, so that a reader knows when it has heard of all. */
  source_partitions: number
  deltas: EngagementDelta[]
}

/** The absolute value of one tile. A null query means over all queries. */
export interface TileCounted {
  video_id: string
  query: string | null
  tile: number
  impressions: number
  clicks: number
  watched_ms: number
  long_clicks: number
  completes: number
  /** Event time known to the counter when it wrote this: expiry is counted from here. */
  as_of: number
}

export type Domain = 'perception' | 'content'

export interface TrainingSample {
  request_id: string
  video_id: string
  user_id: string
  query: string
  position: number
  shown_at: number
  domain: Domain
  grade: number
  reason: string
  weight: number
  quantile: number | null
  policy: string
  calibration: string | null
}

/** Completion quantiles per duration bucket: `grids[i]` has 101 values, or is empty when the bucket had too few. */
export interface CalibrationPublished {
  version: string
  /** Event time from which outcomes use it (their shown_at). */
  effective_from: number
  /** The outcomes it was computed from: shown_at in [from, to). */
  computed_from: number
  computed_to: number
  outcomes: number
  bucket_edges_s: number[]
  grids: number[][]
  /** Over all durations. */
  grid_all: number[]
}

/** A record that could not be processed, with its original bytes and where it was. */
export interface DeadLettered {
  stream: string
  code: string
  reason: string
  topic: string
  partition: number
  offset: number
  /** Kafka's timestamp of the original record. */
  received_at: number
  key: Buffer | null
  value: Buffer | null
}

/** Written into an input partition by whoever knows that no earlier event follows (the end of a replay). */
export interface WatermarkReached {
  watermark: number
}

export interface Events {
  VideoUploaded: VideoUploaded
  AsrTranscribed: AsrTranscribed
  OcrRecognized: OcrRecognized
  ResultsShown: ResultsShown
  ResultClicked: ResultClicked
  VideoWatched: VideoWatched
  RequestClosed: RequestClosed
  RecordsUnused: RecordsUnused
  EngagementChanged: EngagementChanged
  TileCounted: TileCounted
  TrainingSample: TrainingSample
  CalibrationPublished: CalibrationPublished
  DeadLettered: DeadLettered
  WatermarkReached: WatermarkReached
}

export type EventName = keyof Events
