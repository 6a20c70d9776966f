package kinora.rival;

import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.Stores;

/** The behavior join of the product, written in Kafka Streams: runs until it is asked to stop. */
public final class Main {
  public static void main(String[] args) {
    Settings settings = Settings.parse(args);
    KafkaStreams streams = new KafkaStreams(topology(settings), properties(settings));
    streams.setUncaughtExceptionHandler(
        (error) -> {
          error.printStackTrace();
          return StreamThreadExceptionResponse.SHUTDOWN_APPLICATION;
        });
    Runtime.getRuntime().addShutdownHook(new Thread(() -> streams.close(Duration.ofSeconds(10))));
    streams.start();
  }

  private static Topology topology(Settings settings) {
    String prefix = settings.namespace() + ".";
    var strings = Serdes.String();
    // Each stream thread deserialises in its own thread, and a codec is for one thread.
    ThreadLocal<EventCodec> codecs = ThreadLocal.withInitial(() -> new EventCodec(settings.schemas()));
    Deserializer<Event> events = (topic, bytes) -> codecs.get().decode(bytes);
    return new Topology()
        .addSource(
            Topology.AutoOffsetReset.EARLIEST,
            "events",
            (record, partitionTime) -> ((Event) record.value()).at(),
            strings.deserializer(),
            events,
            prefix + "search.impressions",
            prefix + "search.clicks",
            prefix + "video.watches")
        .addProcessor("join", () -> new JoinProcessor(settings), "events")
        .addStateStore(
            Stores.keyValueStoreBuilder(
                    Stores.inMemoryKeyValueStore(JoinProcessor.STORE), strings, states(settings))
                .withCachingEnabled(),
            "join")
        .addSink("outcomes", settings.outcomes(), strings.serializer(), Serdes.ByteArray().serializer(), "join");
  }

  /** A serde is shared by the threads, and a codec is for one: each thread gets its own. */
  private static Serde<Request> states(Settings settings) {
    if (settings.packed()) return PackedState.serde();
    ThreadLocal<Serde<Request>> serdes =
        ThreadLocal.withInitial(() -> AvroState.serde(new EventCodec(settings.schemas())));
    return Serdes.serdeFrom(
        (topic, request) -> serdes.get().serializer().serialize(topic, request),
        (topic, bytes) -> serdes.get().deserializer().deserialize(topic, bytes));
  }

  private static Properties properties(Settings settings) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.application());
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, settings.brokers());
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, settings.commitMs());
    properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads());
    properties.put(StreamsConfig.STATE_DIR_CONFIG, settings.stateDir().toString());
    properties.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return properties;
  }
}
