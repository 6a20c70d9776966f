package kinora.rival;

import java.util.ArrayList;
import java.util.List;
import org.apache.avro.generic.GenericRecord;

/** What is known of one request while its window is open. */
final class Request {
  record Click(String video, long at) {}

  record Play(String video, String play, long watchedMs, long durationMs, boolean autoplay) {}

  /** When to look at it again: the window's end, as far as it is known, plus the allowed out-of-orderness. */
  long dueAt;
  /** The first impression record; null while reactions wait for it. */
  Event impression;
  /** The end of the window; unlimited before the impression. */
  long end = Long.MAX_VALUE;
  final List<Click> clicks = new ArrayList<>(2);
  final List<Play> plays = new ArrayList<>(2);

  Request(long dueAt) {
    this.dueAt = dueAt;
  }

  /** Distinct clicks by time. */
  void click(GenericRecord event) {
    Click click = new Click(event.get("video_id").toString(), (long) event.get("at"));
    if (click.at < end && !clicks.contains(click)) clicks.add(click);
  }

  /** The largest watch time of each play. */
  void watch(GenericRecord event) {
    if ((long) event.get("at") >= end) return;
    String video = event.get("video_id").toString();
    String play = event.get("play_id").toString();
    long watched = (long) event.get("watched_ms");
    long duration = event.get("duration_ms") instanceof Long known ? known : 0;
    boolean autoplay = (boolean) event.get("autoplay");
    for (int i = 0; i < plays.size(); i++) {
      Play known = plays.get(i);
      if (!known.play.equals(play) || !known.video.equals(video)) continue;
      watched = Math.max(watched, known.watchedMs);
      duration = Math.max(duration, known.durationMs);
      plays.set(i, new Play(video, play, watched, duration, autoplay || known.autoplay));
      return;
    }
    plays.add(new Play(video, play, watched, duration, autoplay));
  }
}
