-- The records of the behavior topics that no outcome used, and why: duplicate, late, orphan or dead. Parity leaves
-- the late ones and the orphans out, relabelling takes them in.
CREATE TABLE IF NOT EXISTS unused_records (
  topic LowCardinality(String),
  partition UInt32 CODEC(Delta, ZSTD(1)),
  offset UInt64 CODEC(Delta, ZSTD(1)),
  reason LowCardinality(String),
  source_partition UInt32 CODEC(ZSTD(1)),
  source_offset UInt64 CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(source_offset)
ORDER BY (topic, partition, offset)
