package kinora.rival;

import org.apache.avro.generic.GenericRecord;

/** A record of one of the inputs, decoded, and the bytes it came in; a state keeps one of the two and null. */
record Event(String name, GenericRecord value, byte[] bytes) {
  /** Event time, epoch ms: what it says itself, or what a watermark promises. */
  long at() {
    return (long) value.get(name.equals("WatermarkReached") ? "watermark" : "at");
  }
}
