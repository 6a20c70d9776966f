-- Every ResultsShown record as it was, one row per record: what relabelling and parity recompute from.
-- The order by a hash of the request gives them ranges of whole requests, of equal size whatever the ids look like,
-- in this table and in those of clicks and watches. Partitions: see raw_uploads.
CREATE TABLE IF NOT EXISTS raw_impressions (
  request_id String CODEC(ZSTD(1)),
  at DateTime64(3, 'UTC') CODEC(ZSTD(1)),
  user_id String CODEC(ZSTD(1)),
  query String CODEC(ZSTD(1)),
  device LowCardinality(String),
  results Array(Tuple(video_id String, position Int64, duration_ms Nullable(Int64))) CODEC(ZSTD(1)),
  variants Map(String, String) CODEC(ZSTD(1)),
  model_set LowCardinality(Nullable(String)),
  served_features_at Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD(1)),
  source_partition UInt32 CODEC(ZSTD(1)),
  source_offset UInt64 CODEC(ZSTD(1)),
  received_at DateTime64(3, 'UTC') CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toRelativeMonthNum(received_at) % 60
ORDER BY (cityHash64(request_id), source_partition, source_offset)
