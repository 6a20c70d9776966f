-- Every VideoUploaded record as it was, takedowns included. Redelivery writes the same row again and changes nothing.
-- Partitions follow arrival, which no producer can choose; the remainder bounds how many one insert can touch, and
-- each part knows its smallest and largest received_at, so old months can still be skipped.
CREATE TABLE IF NOT EXISTS raw_uploads (
  video_id String CODEC(ZSTD(1)),
  at DateTime64(3, 'UTC') CODEC(ZSTD(1)),
  title String CODEC(ZSTD(1)),
  account_id String CODEC(ZSTD(1)),
  account_name String CODEC(ZSTD(1)),
  cover_uri Nullable(String) CODEC(ZSTD(1)),
  media_uri Nullable(String) CODEC(ZSTD(1)),
  duration_ms Nullable(Int64) CODEC(ZSTD(1)),
  deleted Bool,
  source_partition UInt32 CODEC(ZSTD(1)),
  source_offset UInt64 CODEC(ZSTD(1)),
  received_at DateTime64(3, 'UTC') CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toRelativeMonthNum(received_at) % 60
ORDER BY (video_id, at, source_partition, source_offset)
