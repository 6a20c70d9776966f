-- One row per shown (request, video) whose window closed, as the stream judged it; the version is the offset of its
-- record in search.outcomes. shown_at leads the key so that a range of time is a range of the table; a request has one.
CREATE TABLE IF NOT EXISTS outcomes (
  request_id String CODEC(ZSTD(1)),
  video_id String CODEC(ZSTD(1)),
  user_id String CODEC(ZSTD(1)),
  query String CODEC(ZSTD(1)),
  position Int64 CODEC(ZSTD(1)),
  shown_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  variants Map(String, String) CODEC(ZSTD(1)),
  clicked Bool,
  first_click_at Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD(1)),
  clicks Int64 CODEC(ZSTD(1)),
  watched_ms Int64 CODEC(ZSTD(1)),
  duration_ms Nullable(Int64) CODEC(ZSTD(1)),
  completion Nullable(Float64) CODEC(ZSTD(1)),
  valid_play Bool,
  long_view Bool,
  short_play Bool,
  complete Bool,
  autoplay Bool,
  device LowCardinality(String),
  model_set LowCardinality(Nullable(String)),
  served_features_at Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD(1)),
  source_partition UInt32 CODEC(ZSTD(1)),
  source_offset UInt64 CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(source_offset)
ORDER BY (shown_at, request_id, video_id)
