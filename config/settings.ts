import { z } from 'zod'
import {
  addresses,
  choice,
  count,
  flag,
  milliseconds,
  namedCounts,
  optionalChoice,
  optionalCount,
  optionalText,
  text,
  url,
} from './kinds.js'

const stores = {
  KAFKA_BROKERS: addresses({
    area: 'Kafka',
    about: 'Brokers to connect to first; unset, Kinora starts a broker of its own on this machine.',
    example: 'kafka-1.example.com:9092,kafka-2.example.com:9092',
  }),
  KAFKA_TLS: flag('false', {
    area: 'Kafka',
    about: 'Encrypt connections to the brokers; for a private authority also set NODE_EXTRA_CA_CERTS.',
  }),
  KAFKA_SASL_MECHANISM: optionalChoice(['plain', 'scram-sha-256', 'scram-sha-512'], {
    area: 'Kafka',
    about: 'How to log in to the brokers; unset, without a login.',
    example: 'scram-sha-512',
  }),
  KAFKA_SASL_USERNAME: optionalText('a user name', {
    area: 'Kafka',
    about: 'User of the SASL login.',
    example: 'kinora',
  }),
  KAFKA_SASL_PASSWORD: optionalText('a password', {
    area: 'Kafka',
    about: 'Password of the SASL login.',
    example: 'a-long-password',
    secret: 'value',
  }),
  KAFKA_CLIENT_ID: text(/^[\w.-]{1,100}$/, 'letters, digits, dots, dashes and underscores', 'kinora', {
    area: 'Kafka',
    about: 'Name under which the brokers log this process.',
  }),

  REDIS_URL: url(['redis:', 'rediss:'], {
    area: 'Redis',
    about: 'Redis to serve features from (rediss:// for TLS); unset, Kinora starts one on this machine.',
    example: 'rediss://kinora:password@redis.example.com:6379/0',
  }),
  REDIS_CLUSTER: flag('false', {
    area: 'Redis',
    about: 'REDIS_URL is a node of a Redis Cluster; the others are discovered from it.',
  }),

  CLICKHOUSE_URL: url(['http:', 'https:'], {
    area: 'ClickHouse',
    about: 'HTTP endpoint of ClickHouse; unset, Kinora runs the engine embedded in its own process.',
    example: 'https://clickhouse.example.com:8443',
  }),
  CLICKHOUSE_USER: text(/^\S+$/, 'a user name', 'default', { area: 'ClickHouse', about: 'User of ClickHouse.' }),
  CLICKHOUSE_PASSWORD: optionalText('a password', {
    area: 'ClickHouse',
    about: 'Password of ClickHouse.',
    example: 'a-long-password',
    secret: 'value',
  }),

  SCHEMA_REGISTRY_URL: url(['http:', 'https:'], {
    area: 'Schema registry',
    about: 'Confluent-compatible registry; set, records use its wire format instead of single-object encoding.',
    example: 'https://user:password@registry.example.com',
  }),
}

const general = {
  KINORA_NAMESPACE: text(/^[a-z0-9-]{1,40}$/, '1 to 40 lower-case letters, digits and dashes', 'live', {
    area: 'General',
    about: 'Prefix of topics, consumer groups and Redis keys, and name of the database: namespaces share nothing.',
  }),
  KINORA_CLOCK: optionalChoice(['live', 'replay'], {
    area: 'General',
    about:
      'Whether idle inputs follow the wall clock (live) or wait for the end of a replay (replay); unset, replay in the namespace `replay` and live elsewhere.',
  }),
  KINORA_DATA_DIR: text(/./, 'a folder', '.kinora', {
    area: 'General',
    about: 'Folder of the local stack: data of Kafka, Redis and ClickHouse, logs, state of the running stack.',
  }),
  KINORA_CACHE_DIR: optionalText('a folder', {
    area: 'General',
    about: 'Folder of downloads that outlive a checkout; unset, kinora in XDG_CACHE_HOME or in ~/.cache.',
    example: '/var/cache/kinora',
  }),
  KINORA_LOG_LEVEL: choice(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'info', {
    area: 'General',
    about: 'Least severe log lines to write.',
    example: 'debug',
  }),
  KINORA_HTTP_HOST: text(/^\S+$/, 'a host name or an address', '127.0.0.1', {
    area: 'General',
    about: 'Address on which metrics and health are served; there is no login, so keep it private.',
    example: '0.0.0.0',
  }),
  KINORA_HTTP_PORT: optionalCount(
    {
      area: 'General',
      about: 'Port of /metrics, /healthz and /readyz (0: any free one); unset, they are not served.',
      example: '9464',
    },
    { min: 0, max: 65535 },
  ),
}

const time = {
  KINORA_WINDOW_MS: milliseconds('1800000', {
    area: 'Time',
    about:
      'How long after a request was shown its clicks and watches count; do not change it while windows are open (runbook, "Change the window").',
  }),
  KINORA_OUT_OF_ORDERNESS_MS: milliseconds(
    '120000',
    { area: 'Time', about: 'How much older than the newest record an event may be without being late.' },
    { min: 0 },
  ),
  KINORA_IDLE_MS: milliseconds('30000', {
    area: 'Time',
    about: 'How long an input must bring nothing before it stops holding windows open.',
  }),
  KINORA_AHEAD_MS: milliseconds('300000', {
    area: 'Time',
    about: 'How far, in event time, one input may be ahead of the slowest before it is paused.',
  }),
  KINORA_FUTURE_MS: milliseconds(
    '600000',
    { area: 'Time', about: 'How far an event time may be ahead of the arrival at Kafka before it is refused.' },
    { min: 0 },
  ),
}

const topics = {
  KINORA_PARTITIONS: count(
    '4',
    {
      area: 'Topics',
      about: 'Partitions of every topic but the calibrations (one); a namespace keeps those of its first day.',
      example: '16',
    },
    { max: 256 },
  ),
  KINORA_REPLICATION: optionalCount(
    { area: 'Topics', about: "Copies of every partition; unset, the brokers' own default.", example: '3' },
    { max: 100 },
  ),
  KINORA_RETENTION_MS: milliseconds('604800000', {
    area: 'Topics',
    about:
      'How long topics keep records, given to those that are created: at least the window, the out-of-orderness and the longest downtime.',
  }),
}

const runtime = {
  KINORA_COMMIT_INTERVAL_MS: milliseconds('100', {
    area: 'Runtime',
    about: 'How often outputs and offsets are committed: shorter is fresher, longer is cheaper.',
  }),
  KINORA_ACCEPT_STATE_LOSS: flag('false', {
    area: 'Runtime',
    about:
      'Go on where window state cannot be rebuilt (STATE_LOST), without what is lost; for one start, not for good.',
  }),
  KINORA_SESSION_TIMEOUT_MS: milliseconds(
    '10000',
    { area: 'Runtime', about: 'How long the brokers wait for a silent process before others take its partitions.' },
    { min: 500 },
  ),
  KINORA_MAX_BYTES_PER_PARTITION: count(
    '262144',
    { area: 'Runtime', about: 'Most bytes fetched from one partition at a time.' },
    { min: 1024 },
  ),
  KINORA_FAILPOINTS: namedCounts({
    area: 'Runtime',
    about: 'Places in the code at which to die, for tests: each name with the visit at which it happens.',
    example: 'in-rebuild:1,before-commit:50',
  }),
}

const models = {
  KINORA_MODEL_SETS: optionalText('a folder', {
    area: 'Models',
    about: 'Folder of model sets (set/version/manifest.json); unset, the sets that come with Kinora.',
    example: '/srv/kinora/models',
  }),
  KINORA_MODEL_SET: text(
    /^[a-z0-9][a-z0-9.-]{0,63}(\/[a-z0-9][a-z0-9.-]{0,63})?$/,
    'the name of a set, or name/version',
    'world-small',
    {
      area: 'Models',
      about: 'The model set to use; a name alone means its highest version that is a number.',
      example: 'world-small/3',
    },
  ),
  KINORA_MODEL_DEVICE: choice(['cpu', 'cuda', 'webgpu'], 'cpu', {
    area: 'Models',
    about: 'Where models run; a device that is absent is an error, unless KINORA_MODEL_FALLBACK names another.',
    example: 'cuda',
  }),
  KINORA_MODEL_FALLBACK: optionalChoice(['cpu', 'cuda', 'webgpu'], {
    area: 'Models',
    about: 'Where models run when KINORA_MODEL_DEVICE is absent; unset, nowhere.',
    example: 'cpu',
  }),
  KINORA_MODEL_THREADS: count(
    '1',
    {
      area: 'Models',
      about: 'Threads of one model on the CPU: more help with pictures, hardly with texts.',
      example: '4',
    },
    { max: 256 },
  ),
  KINORA_MODEL_BATCH_SIZE: count(
    '8',
    {
      area: 'Models',
      about: 'Most inputs of one batch of a model; the process does nothing else while a batch is computed.',
    },
    { max: 1024 },
  ),
  KINORA_MODEL_BATCH_DELAY_MS: milliseconds(
    '2',
    { area: 'Models', about: 'How long the first input of a batch waits for others.' },
    { min: 0, max: 60_000 },
  ),
  KINORA_MODEL_QUEUE: count('1024', {
    area: 'Models',
    about: 'Most inputs that wait for one model; a query that comes then is refused.',
  }),
  KINORA_MODEL_DECODERS: count(
    '1',
    { area: 'Models', about: 'Processes that decode covers and clips, beside this one.', example: '4' },
    { max: 64 },
  ),
}

const terminal = {
  NO_COLOR: optionalText('any text', {
    area: 'Terminal',
    about: 'Set to anything, output has no colours.',
    example: '1',
  }),
  CI: optionalText('any text', {
    area: 'Terminal',
    about: 'Set to anything but false, progress is printed as plain lines.',
    example: 'true',
  }),
}

/** Every variable that Kinora reads: name, check, default; the descriptions are in the registry `settingInfo`. */
export const settings = z.object({ ...stores, ...general, ...time, ...topics, ...runtime, ...models, ...terminal })

export type SettingName = keyof typeof settings.shape
export type Settings = z.output<typeof settings>
