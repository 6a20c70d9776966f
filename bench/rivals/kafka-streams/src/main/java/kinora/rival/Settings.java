package kinora.rival;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** What the benchmark asks for, given as {@code name=value} arguments. */
record Settings(
    String brokers,
    String application,
    String namespace,
    String outcomes,
    Path schemas,
    Path stateDir,
    boolean packed,
    int threads,
    long commitMs,
    long windowMs,
    long outOfOrdernessMs) {

  static Settings parse(String[] args) {
    Map<String, String> given =
        Arrays.stream(args).map((arg) -> arg.split("=", 2)).collect(Collectors.toMap((a) -> a[0], (a) -> a[1]));
    return new Settings(
        given.get("brokers"),
        given.get("application"),
        given.get("namespace"),
        given.get("outcomes"),
        Path.of(given.get("schemas")),
        Path.of(given.get("stateDir")),
        given.get("state").equals("packed"),
        Integer.parseInt(given.get("threads")),
        Long.parseLong(given.get("commitMs")),
        Long.parseLong(given.get("windowMs")),
        Long.parseLong(given.get("outOfOrdernessMs")));
  }
}
