-- Every ResultClicked record as it was. Order: see raw_impressions; partitions: see raw_uploads.
CREATE TABLE IF NOT EXISTS raw_clicks (
  request_id String CODEC(ZSTD(1)),
  at DateTime64(3, 'UTC') CODEC(ZSTD(1)),
  user_id String CODEC(ZSTD(1)),
  video_id String CODEC(ZSTD(1)),
  position Nullable(Int64) CODEC(ZSTD(1)),
  source_partition UInt32 CODEC(ZSTD(1)),
  source_offset UInt64 CODEC(ZSTD(1)),
  received_at DateTime64(3, 'UTC') CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toRelativeMonthNum(received_at) % 60
ORDER BY (cityHash64(request_id), source_partition, source_offset)
