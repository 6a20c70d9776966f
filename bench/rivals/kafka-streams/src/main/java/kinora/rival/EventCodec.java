package kinora.rival;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/** Avro single-object encoding (C3 01, CRC-64 fingerprint, value) over the schemas of the product. One thread each. */
final class EventCodec {
  private static final int HEADER_BYTES = 10;

  private record Reader(String name, GenericDatumReader<GenericRecord> datum) {}

  private final Map<Long, Reader> readers = new HashMap<>();
  private final GenericDatumWriter<GenericRecord> writer;
  private final byte[] header;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
  private BinaryDecoder decoder;
  private BinaryEncoder encoder;

  final Schema impressionSchema;
  /** The schema of the records that {@link #encode} takes. */
  final Schema outcomeSchema;

  EventCodec(Path schemas) {
    for (String file : List.of("results-shown", "result-clicked", "video-watched", "watermark-reached")) {
      Schema schema = read(schemas, file);
      long fingerprint = SchemaNormalization.parsingFingerprint64(schema);
      readers.put(fingerprint, new Reader(schema.getName(), new GenericDatumReader<>(schema)));
    }
    impressionSchema = read(schemas, "results-shown");
    outcomeSchema = read(schemas, "request-closed");
    writer = new GenericDatumWriter<>(outcomeSchema);
    long fingerprint = SchemaNormalization.parsingFingerprint64(outcomeSchema);
    header = ByteBuffer.allocate(HEADER_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN).put((byte) 0xC3).put((byte) 1).putLong(fingerprint).array();
  }

  Event decode(byte[] bytes) {
    Reader reader = readers.get(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(2));
    if (bytes[0] != (byte) 0xC3 || bytes[1] != 1 || reader == null) throw new IllegalArgumentException("no record");
    return new Event(reader.name, read(reader.datum, bytes, HEADER_BYTES), bytes);
  }

  byte[] encode(GenericRecord outcome) {
    out.reset();
    out.writeBytes(header);
    return append(writer, outcome);
  }

  GenericRecord read(GenericDatumReader<GenericRecord> datum, byte[] bytes, int offset) {
    decoder = DecoderFactory.get().binaryDecoder(bytes, offset, bytes.length - offset, decoder);
    try {
      return datum.read(null, decoder);
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  byte[] write(GenericDatumWriter<GenericRecord> datum, GenericRecord record) {
    out.reset();
    return append(datum, record);
  }

  private byte[] append(GenericDatumWriter<GenericRecord> datum, GenericRecord record) {
    encoder = EncoderFactory.get().binaryEncoder(out, encoder);
    try {
      datum.write(record, encoder);
      encoder.flush();
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
    return out.toByteArray();
  }

  private static Schema read(Path folder, String file) {
    try {
      return new Schema.Parser().parse(Files.readString(folder.resolve(file + ".v1.avsc")));
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }
}
