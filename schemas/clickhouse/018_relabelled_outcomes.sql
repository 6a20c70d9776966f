-- Outcomes recomputed from the raw tables, late events included; the version is when their run began (epoch ms).
-- A deleted row hides a streamed one that the recomputation does not know.
CREATE TABLE IF NOT EXISTS relabelled_outcomes (
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
  deleted Bool,
  version UInt64 CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (shown_at, request_id, video_id)
