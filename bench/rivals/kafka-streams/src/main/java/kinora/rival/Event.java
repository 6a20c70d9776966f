package kinora.rival;

import org.apache.avro.generic.GenericRecord;

/** A decoded record of one of the inputs, and the bytes it came in. */
record Event(String name, GenericRecord value, byte[] bytes) {
  /** Event time, epoch ms: what it says itself, or what a watermark promises. */
  long at() {
    return (long) value.get(name.equals("WatermarkReached") ? "watermark" : "at");
  }
}
