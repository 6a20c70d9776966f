-- Records that could not be processed, by the stream that gave up on them and where they were. Their bytes are kept
-- in base64, since they need not be text.
CREATE TABLE IF NOT EXISTS dead_letters (
  stream LowCardinality(String),
  code LowCardinality(String),
  reason String CODEC(ZSTD(3)),
  topic LowCardinality(String),
  partition UInt32 CODEC(ZSTD(1)),
  offset UInt64 CODEC(ZSTD(1)),
  received_at DateTime64(3, 'UTC') CODEC(ZSTD(1)),
  key_base64 Nullable(String) CODEC(ZSTD(3)),
  value_base64 Nullable(String) CODEC(ZSTD(3)),
  source_partition UInt32 CODEC(ZSTD(1)),
  source_offset UInt64 CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(source_offset)
ORDER BY (stream, topic, partition, offset)
