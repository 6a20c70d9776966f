package kinora.rival;

import java.util.PriorityQueue;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Collects the events of each request and emits its outcomes once stream time has passed the window's end by the
 * allowed out-of-orderness.
 *
 * <p>The requests by due time are a heap in memory beside the store, filled from it at the start: looking for due ones
 * by scans of the store, the other way to do this, costs more.
 */
final class JoinProcessor implements Processor<String, Event, String, byte[]> {
  static final String STORE = "requests";

  private record Due(long at, String key) {}

  private final Settings settings;
  private final Outcomes outcomes;
  private final PriorityQueue<Due> due = new PriorityQueue<>((a, b) -> Long.compare(a.at, b.at));
  private ProcessorContext<String, byte[]> context;
  private KeyValueStore<String, Request> requests;

  JoinProcessor(Settings settings) {
    this.settings = settings;
    this.outcomes = new Outcomes(new EventCodec(settings.schemas()));
  }

  @Override
  public void init(ProcessorContext<String, byte[]> context) {
    this.context = context;
    requests = context.getStateStore(STORE);
    try (KeyValueIterator<String, Request> all = requests.all()) {
      while (all.hasNext()) {
        KeyValue<String, Request> entry = all.next();
        due.add(new Due(entry.value.dueAt, entry.key));
      }
    }
  }

  @Override
  public void process(Record<String, Event> record) {
    Event event = record.value();
    if (!event.name().equals("WatermarkReached")) take(record.key(), event);
    closeDue(context.currentStreamTimeMs());
  }

  private void take(String key, Event event) {
    long windowEnd = event.at() + settings.windowMs();
    long dueAt = windowEnd + settings.outOfOrdernessMs();
    Request request = requests.get(key);
    boolean isNew = request == null;
    if (isNew) request = new Request(dueAt);
    switch (event.name()) {
      case "ResultsShown" -> {
        if (request.impression != null) return;
        request.impression = event;
        request.end = windowEnd;
        request.dueAt = dueAt;
      }
      case "ResultClicked" -> request.click(event.value());
      default -> request.watch(event.value());
    }
    requests.put(key, request);
    if (isNew) due.add(new Due(request.dueAt, key));
  }

  private void closeDue(long streamTime) {
    while (!due.isEmpty() && due.peek().at <= streamTime) {
      String key = due.poll().key;
      Request request = requests.get(key);
      if (request.dueAt > streamTime) {
        due.add(new Due(request.dueAt, key));
        continue;
      }
      requests.delete(key);
      if (request.impression != null) context.forward(new Record<>(key, outcomes.of(request), streamTime));
    }
  }
}
