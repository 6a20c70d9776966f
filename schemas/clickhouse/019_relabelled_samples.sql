-- Samples of relabelled outcomes; the version is when their run began (epoch ms). A row without a grade is a
-- tombstone: it hides an earlier sample of a row that has no grade any more.
CREATE TABLE IF NOT EXISTS relabelled_samples (
  request_id String CODEC(ZSTD(1)),
  video_id String CODEC(ZSTD(1)),
  user_id String CODEC(ZSTD(1)),
  query String CODEC(ZSTD(1)),
  position Int64 CODEC(ZSTD(1)),
  shown_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  domain LowCardinality(String),
  grade Nullable(Int32) CODEC(ZSTD(1)),
  reason LowCardinality(String),
  weight Float64 CODEC(ZSTD(1)),
  quantile Nullable(Float64) CODEC(ZSTD(1)),
  policy LowCardinality(String),
  calibration LowCardinality(Nullable(String)),
  version UInt64 CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (shown_at, request_id, video_id, domain, policy)
