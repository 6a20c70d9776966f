-- One row per training sample; the version is the offset of its record in training.samples.
CREATE TABLE IF NOT EXISTS samples (
  request_id String CODEC(ZSTD(1)),
  video_id String CODEC(ZSTD(1)),
  user_id String CODEC(ZSTD(1)),
  query String CODEC(ZSTD(1)),
  position Int64 CODEC(ZSTD(1)),
  shown_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  domain LowCardinality(String),
  grade Int32 CODEC(ZSTD(1)),
  reason LowCardinality(String),
  weight Float64 CODEC(ZSTD(1)),
  quantile Nullable(Float64) CODEC(ZSTD(1)),
  policy LowCardinality(String),
  calibration LowCardinality(Nullable(String)),
  source_partition UInt32 CODEC(ZSTD(1)),
  source_offset UInt64 CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(source_offset)
ORDER BY (shown_at, request_id, video_id, domain, policy)
