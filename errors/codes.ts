/** Every error code with its meaning and what to check: the source of docs/errors.md. */
export const errorCodes = {
  CONFIG_INVALID: {
    means: 'One or more settings are missing or malformed; the message lists all of them.',
    check: 'Run `kinora config` to see every setting, its value and where it came from.',
  },
  COMMAND_INVALID: {
    means: 'A command was called with arguments that do not fit.',
    check: 'Run `kinora <command> --help`.',
  },
  RECORD_UNDECODABLE: {
    means: 'The bytes are not a record of a known schema: no magic bytes, an unknown fingerprint, or a truncated body.',
    check: 'Look at the bytes with `kinora dead-letters show`; check which schema the producer writes.',
  },
  RECORD_INVALID: {
    means: 'The record decodes but breaks a rule of its schema: an empty id, a negative time, a position below 1.',
    check: 'The reason names the field and its value. Mend the producer, then `kinora dead-letters replay`.',
  },
  EVENT_FROM_FUTURE: {
    means:
      'The event time is more than KINORA_FUTURE_MS (10 minutes) ahead of the time at which Kafka received the record.',
    check: 'The clock of the producer, or seconds and milliseconds mixed up.',
  },
  QUERY_TOO_LONG: {
    means: 'The query has more than 1,000 characters.',
    check: 'Cut the query at the producer; queries of that size are almost always pasted text or an attack.',
  },
  TOO_MANY_RESULTS: {
    means: 'One request lists more than 1,000 results.',
    check: 'Send only the results that were really shown.',
  },
  STATE_LOST: {
    means:
      'Window state cannot be rebuilt: retention removed records that open windows need, or the committed offsets carry no metadata.',
    check:
      'The runbook, "State lost": how to go on without what is lost, and what can be made good. Lengthen the retention of the topics.',
  },
  TOPIC_MISMATCH: {
    means: 'A topic exists with other settings than its stream needs (partition count, timestamp type).',
    check: 'Run `kinora topics`; a namespace never changes its partition count: use a new namespace.',
  },
  KAFKA_UNAVAILABLE: {
    means: 'No broker answers at KAFKA_BROKERS.',
    check: 'Run `kinora doctor`; check the address, TLS and SASL settings.',
  },
  REDIS_UNAVAILABLE: {
    means: 'Redis does not answer at REDIS_URL, or refuses writes.',
    check: 'Run `kinora doctor`; check the address, the password and the memory limit.',
  },
  CLICKHOUSE_UNAVAILABLE: {
    means: 'ClickHouse does not answer at CLICKHOUSE_URL, or cannot take writes now.',
    check: 'Run `kinora doctor`; check the address, the credentials and free disk space.',
  },
  CLICKHOUSE_REJECTED: {
    means: 'ClickHouse answered and refused a statement.',
    check:
      "The message carries the engine's own text; a missing table means `kinora up` has not run in this namespace.",
  },
  SCHEMA_EDITED: {
    means: 'A file of schemas/clickhouse has changed since it was applied to this database.',
    check: 'Restore the file from the release, and put the change into a new file with the next number.',
  },
  STACK_FAILED: {
    means: 'A part of the local stack did not start.',
    check: 'Run `kinora doctor`; the log file named in the message has the reason.',
  },
  REGISTRY_UNAVAILABLE: {
    means: 'The schema registry does not answer or does not know a schema.',
    check: 'SCHEMA_REGISTRY_URL and the credentials in it.',
  },
  POLICY_INVALID: {
    means: 'A label policy or a calibration is malformed, or unknown.',
    check: 'The file in schemas/policies named in the message; `kinora relabel --help` lists the policies.',
  },
  WORLD_INVALID: {
    means:
      'A folder that should hold a synthetic world has no truth, an unreadable line, or names media that is missing.',
    check: 'The message names file, line and field. Make the world again into an empty folder.',
  },
  MODEL_SET_INVALID: {
    means:
      'A manifest or golden file of a model set is malformed, asks for too much, or names a file outside its folder.',
    check: 'The message names the file and every field that does not fit; export the set again.',
  },
  MODEL_SET_CHANGED: {
    means: 'A file of a model set is missing or cannot be read, or has another size or sha256 than its manifest says.',
    check:
      'The message names the file; if it may not be read, its permissions are wrong. Else copy the set again as a whole; after training, export it again: manifests are never edited by hand.',
  },
  MODEL_SET_NOT_FOUND: {
    means: 'No model set of that name and version is in the folder of sets, or there is no such folder.',
    check:
      '`kinora models list` shows what is there; KINORA_MODEL_SETS is the folder, KINORA_MODEL_SET the name, with or without a version.',
  },
  MODEL_SET_MISMATCH: {
    means:
      'A model set does something else than it says: other inputs or shapes, or other outputs for its golden inputs.',
    check:
      'The message names the model and the difference. `kinora models verify` shows every check; another version of the runtime, or a set of another format, is the usual cause.',
  },
  MODEL_DEVICE_UNAVAILABLE: {
    means: 'A model was to run on a device that this machine, or this build of the runtime, does not have.',
    check:
      'KINORA_MODEL_DEVICE; name one to fall back to in KINORA_MODEL_FALLBACK (cpu is always there). CUDA needs its libraries: docs/decisions/0011-model-runtime-and-media.md.',
  },
  MODEL_PROFILE_FAILED: {
    means: "The profile of a model's first run, which says where it ran, cannot be written or read.",
    check: 'The folder for temporary files (TMPDIR) must exist, be writable and have room.',
  },
  MODEL_INPUT_INVALID: {
    means: 'An input of a model has the wrong length or holds something that is no number.',
    check: 'The message names the model, the input and what was found; only this input failed.',
  },
  MODEL_RUN_FAILED: {
    means: 'The model runtime threw on an input that looked right, or gave an output that is no number.',
    check: 'Only this input failed: look at it, and at the cause in the log.',
  },
  MODEL_DEVICE_FAILED: {
    means:
      'The model runtime fails on every input, on one that it has answered before too: its device is lost or out of memory.',
    check:
      "No input was given up. The message has the runtime's own words; if trying again does not help, start the process again: it does not get a lost device back.",
  },
  MODEL_QUEUE_FULL: {
    means: 'More inputs wait for a model than its queue holds.',
    check: 'Send less at a time and try again; a larger queue only makes the wait longer.',
  },
  MODEL_CLOSED: {
    means: 'A model was asked for something after it had been closed.',
    check: 'Open it again; what was asked before the close is still answered.',
  },
  MEDIA_UNSUPPORTED: {
    means: 'A picture is no JPEG, PNG or WebP, or a clip has a container, codec or stream that is not decoded.',
    check: 'The message says how the bytes begin or what the clip holds; convert the file, or look at who sent it.',
  },
  MEDIA_TOO_LARGE: {
    means: 'A picture or clip has more bytes, pixels or seconds than allowed, or needs too much memory to decode.',
    check: 'Shrink it at its source. The message has the limit that it exceeds.',
  },
  MEDIA_BROKEN: {
    means: 'A picture or clip is truncated or damaged, or cannot be read.',
    check: "The decoder's own words are in the message; fetch the file again.",
  },
  MEDIA_TIMEOUT: {
    means: 'Decoding took longer than allowed and was ended; only this picture or clip failed.',
    check: 'A hostile or very long file, or a machine that is too busy: see whether others time out as well.',
  },
  MEDIA_DECODER_DIED: {
    means: 'The process that decoded a picture or clip died over it; only this one failed, and a new process goes on.',
    check: 'Keep the file: it may be an attack on the decoder. If every file fails, the machine may be out of memory.',
  },
  MEDIA_DECODER_ABSENT: {
    means: 'The process that decodes media cannot be started.',
    check: 'The message has its own words. `npm ci` installs the libraries of this platform.',
  },
  MEDIA_QUEUE_FULL: {
    means: 'More pictures and clips wait for a decoder than its queue holds.',
    check: 'Send less at a time and try again, or start more decoders.',
  },
  MEDIA_CLOSED: {
    means: 'A picture or clip was sent to decoders that had been closed.',
    check: 'Open them again; what was sent before the close is still answered.',
  },
  TRAINING_FAILED: {
    means: 'A step of `npm run train` failed.',
    check: 'The last lines before it say why. The same command goes on where it stopped; nothing was released.',
  },
} as const

export type ErrorCode = keyof typeof errorCodes
