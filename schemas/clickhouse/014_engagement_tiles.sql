-- The newest absolute value of each 5-minute tile; the version is the offset of its record in video.engagement.
-- all_queries tells the tile over all queries from the tile of the empty query: both have query ''.
CREATE TABLE IF NOT EXISTS engagement_tiles (
  video_id String CODEC(ZSTD(1)),
  all_queries Bool,
  query String CODEC(ZSTD(1)),
  tile DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  impressions Int64 CODEC(ZSTD(1)),
  clicks Int64 CODEC(ZSTD(1)),
  watched_ms Int64 CODEC(ZSTD(1)),
  long_clicks Int64 CODEC(ZSTD(1)),
  completes Int64 CODEC(ZSTD(1)),
  as_of DateTime64(3, 'UTC') CODEC(ZSTD(1)),
  source_partition UInt32 CODEC(ZSTD(1)),
  source_offset UInt64 CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(source_offset)
ORDER BY (video_id, all_queries, query, tile)
