-- One row per (request, video) that converges under duplicates, any order and any delay: every column merges by a
-- function that is idempotent, commutative and associative. The rule is in docs/guarantees.md.
-- The key has no day: a click knows its request but not when it was shown. Read it with FINAL, or through `impressions`.
CREATE TABLE IF NOT EXISTS impression_facts (
  request_id String CODEC(ZSTD(1)),
  video_id String CODEC(ZSTD(1)),
  shown SimpleAggregateFunction(max, Bool),
  shown_at SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) CODEC(ZSTD(1)),
  user_id SimpleAggregateFunction(max, Nullable(String)) CODEC(ZSTD(1)),
  query SimpleAggregateFunction(max, Nullable(String)) CODEC(ZSTD(1)),
  device SimpleAggregateFunction(max, LowCardinality(Nullable(String))),
  position SimpleAggregateFunction(min, Nullable(Int64)) CODEC(ZSTD(1)),
  variants SimpleAggregateFunction(maxMap, Map(String, String)) CODEC(ZSTD(1)),
  model_set SimpleAggregateFunction(max, LowCardinality(Nullable(String))),
  served_features_at SimpleAggregateFunction(max, Nullable(DateTime64(3, 'UTC'))) CODEC(ZSTD(1)),
  shown_duration_ms SimpleAggregateFunction(max, Nullable(Int64)) CODEC(ZSTD(1)),
  clicked SimpleAggregateFunction(max, Bool),
  first_click_at SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) CODEC(ZSTD(1)),
  plays SimpleAggregateFunction(maxMap, Map(String, Int64)) CODEC(ZSTD(1)),
  watch_duration_ms SimpleAggregateFunction(max, Nullable(Int64)) CODEC(ZSTD(1)),
  autoplay SimpleAggregateFunction(max, Bool),
  last_received_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
ORDER BY (request_id, video_id)
