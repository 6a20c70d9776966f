-- Every AsrTranscribed record as it was. Partitions: see raw_uploads.
CREATE TABLE IF NOT EXISTS raw_asr (
  video_id String CODEC(ZSTD(1)),
  at DateTime64(3, 'UTC') CODEC(ZSTD(1)),
  segments Array(Tuple(start_ms Int64, end_ms Int64, text String)) CODEC(ZSTD(3)),
  engine LowCardinality(String),
  source_partition UInt32 CODEC(ZSTD(1)),
  source_offset UInt64 CODEC(ZSTD(1)),
  received_at DateTime64(3, 'UTC') CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toRelativeMonthNum(received_at) % 60
ORDER BY (video_id, at, source_partition, source_offset)
