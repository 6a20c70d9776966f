package kinora.rival;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/** From a request whose window has closed to its RequestClosed record, by the product's rules for outcomes. */
final class Outcomes {
  private static final long LONG_VIEW_S = 18;
  private static final long VALID_PLAY_S = 7;
  private static final long SHORT_PLAY_MS = 3_000;

  private final EventCodec codec;
  private final Schema schema;
  private final Schema outcomeSchema;

  Outcomes(EventCodec codec) {
    this.codec = codec;
    this.schema = codec.outcomeSchema;
    this.outcomeSchema = schema.getField("outcomes").schema().getElementType();
  }

  byte[] of(Request request) {
    Event impression = request.impression;
    GenericRecord shown = impression.value() == null ? codec.decode(impression.bytes()).value() : impression.value();
    GenericRecord closed = new GenericData.Record(schema);
    for (String field : List.of("request_id", "user_id", "query", "device", "variants", "model_set", "served_features_at"))
      closed.put(field, shown.get(field));
    closed.put("shown_at", shown.get("at"));
    closed.put("outcomes", outcomes(request, (List<?>) shown.get("results")));
    return codec.encode(closed);
  }

  /** Of several listings of a video the first counts. */
  private List<GenericRecord> outcomes(Request request, List<?> results) {
    List<GenericRecord> outcomes = new ArrayList<>(results.size());
    Set<String> seen = new HashSet<>();
    for (Object each : results) {
      GenericRecord result = (GenericRecord) each;
      String video = result.get("video_id").toString();
      if (seen.add(video)) outcomes.add(outcome(request, result, video));
    }
    return outcomes;
  }

  private GenericRecord outcome(Request request, GenericRecord result, String video) {
    long clicks = 0;
    Long firstClickAt = null;
    for (Request.Click click : request.clicks) {
      if (!click.video().equals(video)) continue;
      clicks++;
      if (firstClickAt == null || click.at() < firstClickAt) firstClickAt = click.at();
    }
    long watched = 0;
    long watchDuration = 0;
    boolean autoplay = false;
    for (Request.Play play : request.plays) {
      if (!play.video().equals(video)) continue;
      watched += play.watchedMs();
      watchDuration = Math.max(watchDuration, play.durationMs());
      autoplay |= play.autoplay();
    }
    long shownDuration = result.get("duration_ms") instanceof Long known ? known : 0;
    long duration = shownDuration > 0 ? shownDuration : watchDuration; // 0: unknown

    GenericRecord outcome = new GenericData.Record(outcomeSchema);
    outcome.put("video_id", result.get("video_id"));
    outcome.put("position", result.get("position"));
    outcome.put("clicked", clicks > 0);
    outcome.put("first_click_at", firstClickAt);
    outcome.put("clicks", clicks);
    outcome.put("watched_ms", watched);
    outcome.put("duration_ms", duration > 0 ? (Long) duration : null);
    outcome.put("completion", duration > 0 ? (Double) Math.min(1.0, (double) watched / duration) : null);
    outcome.put("valid_play", watched >= neededMs(duration, VALID_PLAY_S, VALID_PLAY_S + 1));
    outcome.put("long_view", watched >= neededMs(duration, LONG_VIEW_S, LONG_VIEW_S));
    outcome.put("short_play", watched > 0 && watched < (duration > 0 ? Math.min(SHORT_PLAY_MS, duration) : SHORT_PLAY_MS));
    outcome.put("complete", duration > 0 && watched >= duration);
    outcome.put("autoplay", autoplay);
    return outcome;
  }

  /** A video of at most `limit` whole seconds must be watched to its end, a longer one for `seconds`. */
  private static long neededMs(long durationMs, long limit, long seconds) {
    boolean isShort = durationMs > 0 && durationMs / 1000 <= limit;
    return Math.max(1, (isShort ? durationMs / 1000 : seconds) * 1000);
  }
}
