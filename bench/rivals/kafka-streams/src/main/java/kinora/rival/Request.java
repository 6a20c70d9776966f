package kinora.rival;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/**
 * What is known of one request while its window is open.
 *
 * <p>Kafka Streams serialises it at every update, so it is kept compact: the impression stays in the bytes it came in
 * and is decoded once, at the end; clicks and plays are short lists of fixed fields.
 */
final class Request {
  record Click(String video, long at) {}

  record Play(String video, String play, long watchedMs, long durationMs, boolean autoplay) {}

  /** When to look at it again: the window's end, as far as it is known, plus the allowed out-of-orderness. */
  long dueAt;
  /** The first impression record; null while reactions wait for it. */
  byte[] impression;
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

  static Serde<Request> serde() {
    Serializer<Request> serializer = (topic, request) -> request == null ? null : request.toBytes();
    Deserializer<Request> deserializer = (topic, bytes) -> bytes == null ? null : fromBytes(bytes);
    return Serdes.serdeFrom(serializer, deserializer);
  }

  private byte[] toBytes() {
    Writer out = new Writer(64 + (impression == null ? 0 : impression.length) + 96 * (clicks.size() + plays.size()));
    out.number(dueAt).number(end).bytes(impression == null ? new byte[0] : impression).number(clicks.size());
    for (Click click : clicks) out.text(click.video).number(click.at);
    out.number(plays.size());
    for (Play play : plays) {
      out.text(play.video).text(play.play).number(play.watchedMs).number(play.durationMs).number(play.autoplay ? 1 : 0);
    }
    return out.result();
  }

  private static Request fromBytes(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    Request request = new Request(in.getLong());
    request.end = in.getLong();
    byte[] impression = new byte[in.getInt()];
    in.get(impression);
    request.impression = impression.length == 0 ? null : impression;
    for (long left = in.getLong(); left > 0; left--) request.clicks.add(new Click(text(in), in.getLong()));
    for (long left = in.getLong(); left > 0; left--) {
      request.plays.add(new Play(text(in), text(in), in.getLong(), in.getLong(), in.getLong() == 1));
    }
    return request;
  }

  private static String text(ByteBuffer in) {
    int length = in.getInt();
    String text = new String(in.array(), in.position(), length, StandardCharsets.UTF_8);
    in.position(in.position() + length);
    return text;
  }

  /** A buffer that grows. */
  private static final class Writer {
    private ByteBuffer buffer;

    Writer(int capacity) {
      buffer = ByteBuffer.allocate(capacity);
    }

    Writer number(long value) {
      room(8).putLong(value);
      return this;
    }

    Writer text(String text) {
      return bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    Writer bytes(byte[] bytes) {
      room(4 + bytes.length).putInt(bytes.length).put(bytes);
      return this;
    }

    byte[] result() {
      byte[] result = new byte[buffer.position()];
      System.arraycopy(buffer.array(), 0, result, 0, result.length);
      return result;
    }

    private ByteBuffer room(int bytes) {
      if (buffer.remaining() < bytes) {
        ByteBuffer larger = ByteBuffer.allocate(Math.max(buffer.capacity() * 2, buffer.position() + bytes));
        buffer = larger.put(buffer.flip());
      }
      return buffer;
    }
  }
}
