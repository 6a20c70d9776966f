-- raw_clicks → impression_facts.
CREATE MATERIALIZED VIEW IF NOT EXISTS impression_facts_of_clicks TO impression_facts AS
SELECT request_id, video_id, true AS clicked, at AS first_click_at, received_at AS last_received_at
FROM raw_clicks
