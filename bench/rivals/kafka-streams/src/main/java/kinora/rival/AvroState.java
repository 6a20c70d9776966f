package kinora.rival;

import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/** The state as one would write it first: an Avro record like everything else, the impression one of its fields. */
final class AvroState {
  private final Schema click =
      SchemaBuilder.record("Click").fields().requiredString("video").requiredLong("at").endRecord();
  private final Schema play =
      SchemaBuilder.record("Play").fields()
          .requiredString("video").requiredString("play")
          .requiredLong("watchedMs").requiredLong("durationMs").requiredBoolean("autoplay")
          .endRecord();
  private final Schema schema;
  private final GenericDatumReader<GenericRecord> reader;
  private final GenericDatumWriter<GenericRecord> writer;
  private final EventCodec codec;

  private AvroState(EventCodec codec) {
    this.codec = codec;
    this.schema =
        SchemaBuilder.record("RequestState").fields()
            .requiredLong("dueAt").requiredLong("end")
            .name("impression").type().unionOf().nullType().and().type(codec.impressionSchema).endUnion().noDefault()
            .name("clicks").type().array().items(click).noDefault()
            .name("plays").type().array().items(play).noDefault()
            .endRecord();
    this.reader = new GenericDatumReader<>(schema);
    this.writer = new GenericDatumWriter<>(schema);
  }

  static Serde<Request> serde(EventCodec codec) {
    AvroState state = new AvroState(codec);
    Serializer<Request> serializer = (topic, request) -> request == null ? null : state.toBytes(request);
    Deserializer<Request> deserializer = (topic, bytes) -> bytes == null ? null : state.fromBytes(bytes);
    return Serdes.serdeFrom(serializer, deserializer);
  }

  private byte[] toBytes(Request request) {
    GenericRecord record = new GenericData.Record(schema);
    record.put("dueAt", request.dueAt);
    record.put("end", request.end);
    record.put("impression", request.impression == null ? null : request.impression.value());
    record.put("clicks", request.clicks.stream().map(this::recordOf).toList());
    record.put("plays", request.plays.stream().map(this::recordOf).toList());
    return codec.write(writer, record);
  }

  private GenericRecord recordOf(Request.Click of) {
    GenericRecord record = new GenericData.Record(click);
    record.put("video", of.video());
    record.put("at", of.at());
    return record;
  }

  private GenericRecord recordOf(Request.Play of) {
    GenericRecord record = new GenericData.Record(play);
    record.put("video", of.video());
    record.put("play", of.play());
    record.put("watchedMs", of.watchedMs());
    record.put("durationMs", of.durationMs());
    record.put("autoplay", of.autoplay());
    return record;
  }

  private Request fromBytes(byte[] bytes) {
    GenericRecord record = codec.read(reader, bytes, 0);
    Request request = new Request((long) record.get("dueAt"));
    request.end = (long) record.get("end");
    if (record.get("impression") instanceof GenericRecord shown) request.impression = new Event("ResultsShown", shown, null);
    for (Object each : (List<?>) record.get("clicks")) {
      GenericRecord of = (GenericRecord) each;
      request.clicks.add(new Request.Click(of.get("video").toString(), (long) of.get("at")));
    }
    for (Object each : (List<?>) record.get("plays")) {
      GenericRecord of = (GenericRecord) each;
      request.plays.add(
          new Request.Play(
              of.get("video").toString(),
              of.get("play").toString(),
              (long) of.get("watchedMs"),
              (long) of.get("durationMs"),
              (boolean) of.get("autoplay")));
    }
    return request;
  }
}
