-- raw_watches → impression_facts. The heartbeats of one play are cumulative: its largest counts, and plays add up.
-- An autoplay is a watch and no click.
CREATE MATERIALIZED VIEW IF NOT EXISTS impression_facts_of_watches TO impression_facts AS
SELECT
  request_id,
  video_id,
  map(play_id, watched_ms) AS plays,
  duration_ms AS watch_duration_ms,
  autoplay,
  received_at AS last_received_at
FROM raw_watches
