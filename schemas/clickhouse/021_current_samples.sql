-- Samples as they are known now: the relabelled row where there is one, else the streamed one.
CREATE OR REPLACE VIEW current_samples AS
SELECT * EXCEPT (source_partition, source_offset) FROM samples FINAL
WHERE (shown_at, request_id, video_id, domain, policy)
  NOT IN (SELECT shown_at, request_id, video_id, domain, policy FROM relabelled_samples)
UNION ALL
SELECT * EXCEPT (version) REPLACE (assumeNotNull(grade) AS grade) FROM relabelled_samples FINAL
WHERE relabelled_samples.grade IS NOT NULL -- a bare grade would be the replaced one, which is never null
