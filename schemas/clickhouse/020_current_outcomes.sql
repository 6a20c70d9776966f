-- Outcomes as they are known now: the relabelled row where there is one, else the streamed one.
CREATE OR REPLACE VIEW current_outcomes AS
SELECT * EXCEPT (source_partition, source_offset) FROM outcomes FINAL
WHERE (shown_at, request_id, video_id) NOT IN (SELECT shown_at, request_id, video_id FROM relabelled_outcomes)
UNION ALL
SELECT * EXCEPT (deleted, version) FROM relabelled_outcomes FINAL WHERE NOT deleted
