-- Every calibration version; publishing a version again replaces it, as on its compacted topic.
CREATE TABLE IF NOT EXISTS calibrations (
  version String,
  effective_from DateTime64(3, 'UTC'),
  computed_from DateTime64(3, 'UTC'),
  computed_to DateTime64(3, 'UTC'),
  outcomes UInt64,
  bucket_edges_s Array(Int64),
  grids Array(Array(Float64)),
  grid_all Array(Float64),
  source_partition UInt32,
  source_offset UInt64
)
ENGINE = ReplacingMergeTree(source_offset)
ORDER BY version
