-- raw_impressions → impression_facts. A video listed twice in one request: the first in list order counts.
CREATE MATERIALIZED VIEW IF NOT EXISTS impression_facts_of_impressions TO impression_facts AS
SELECT
  request_id,
  result.video_id AS video_id,
  true AS shown,
  at AS shown_at,
  user_id,
  query,
  device,
  result.position AS position,
  variants,
  model_set,
  served_features_at,
  result.duration_ms AS shown_duration_ms,
  received_at AS last_received_at
FROM raw_impressions
ARRAY JOIN results AS result, arrayEnumerateUniq(results.video_id) AS nth
WHERE nth = 1
