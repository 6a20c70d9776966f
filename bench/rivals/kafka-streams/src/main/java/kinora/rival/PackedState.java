package kinora.rival;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/**
 * The state as somebody would pack it who has measured: Kafka Streams reads and writes it at every update, so the
 * impression stays in the bytes it came in and is decoded once, at the end; the rest are fixed fields.
 */
final class PackedState {
  private static final byte[] NONE = {};

  static Serde<Request> serde() {
    Serializer<Request> serializer = (topic, request) -> request == null ? null : toBytes(request);
    Deserializer<Request> deserializer = (topic, bytes) -> bytes == null ? null : fromBytes(bytes);
    return Serdes.serdeFrom(serializer, deserializer);
  }

  private static byte[] toBytes(Request request) {
    byte[] impression = request.impression == null ? NONE : request.impression.bytes();
    Writer out = new Writer(64 + impression.length + 96 * (request.clicks.size() + request.plays.size()));
    out.number(request.dueAt).number(request.end).bytes(impression).number(request.clicks.size());
    for (Request.Click click : request.clicks) out.text(click.video()).number(click.at());
    out.number(request.plays.size());
    for (Request.Play play : request.plays) {
      out.text(play.video()).text(play.play()).number(play.watchedMs()).number(play.durationMs());
      out.number(play.autoplay() ? 1 : 0);
    }
    return out.result();
  }

  private static Request fromBytes(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    Request request = new Request(in.getLong());
    request.end = in.getLong();
    byte[] impression = new byte[in.getInt()];
    in.get(impression);
    request.impression = impression.length == 0 ? null : new Event("ResultsShown", null, impression);
    for (long left = in.getLong(); left > 0; left--) request.clicks.add(new Request.Click(text(in), in.getLong()));
    for (long left = in.getLong(); left > 0; left--) {
      request.plays.add(new Request.Play(text(in), text(in), in.getLong(), in.getLong(), in.getLong() == 1));
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
