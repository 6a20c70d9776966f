-- The impression facts, merged and finished: one row per video really shown, with the names that outcomes use.
CREATE OR REPLACE VIEW impressions AS
SELECT
  toDate32(shown_at) AS imp_day,
  request_id,
  video_id,
  assumeNotNull(user_id) AS user_id,
  assumeNotNull(query) AS query,
  assumeNotNull(device) AS device,
  assumeNotNull(position) AS position,
  assumeNotNull(shown_at) AS shown_at,
  variants,
  model_set,
  served_features_at,
  clicked,
  first_click_at,
  arraySum(mapValues(plays)) AS watched_ms,
  multiIf(shown_duration_ms > 0, shown_duration_ms, watch_duration_ms > 0, watch_duration_ms, NULL) AS duration_ms,
  autoplay,
  last_received_at
FROM impression_facts FINAL
WHERE shown
