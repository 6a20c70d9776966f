import { join } from 'node:path'
import { FatalError } from '../errors/errors.js'
import { settingInfo } from './kinds.js'
import { masked } from './mask.js'
import { packageRoot } from './package-root.js'
import { settings, type SettingName, type Settings } from './settings.js'

export type Clock = 'live' | 'replay'
export type Config = ReturnType<typeof nested>
export type TimeConfig = Config['time']
export type ModelsConfig = Config['models']

/**
 * The configuration that an environment asks for; an empty variable counts as unset.
 * Throws FatalError CONFIG_INVALID with every problem at once.
 */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const parsed = settings.safeParse(withoutEmpty(env))
  const problems = parsed.success
    ? contradictions(parsed.data)
    : [...new Set(parsed.error.issues.map((issue) => issue.path[0] as SettingName))].map((name) => malformed(name, env))
  if (!parsed.success || problems.length > 0) {
    const lines = problems.map((problem) => `\n  ${problem}`).join('')
    throw new FatalError('CONFIG_INVALID', `${problems.length} of the settings cannot be used:${lines}`)
  }
  return nested(parsed.data, env)
}

const withoutEmpty = (env: NodeJS.ProcessEnv) => Object.fromEntries(Object.entries(env).filter(([, value]) => value))

function malformed(name: SettingName, env: NodeJS.ProcessEnv): string {
  const info = settingInfo.get(settings.shape[name])!
  return `${name}=${masked(env[name] ?? '', info.secret)}: expected ${info.expects}, for example ${info.example}`
}

/** Rules between variables. */
function contradictions(s: Settings): string[] {
  const problems: string[] = []
  const check = (holds: boolean, problem: string) => {
    if (!holds) problems.push(problem)
  }
  const sasl = [s.KAFKA_SASL_MECHANISM, s.KAFKA_SASL_USERNAME, s.KAFKA_SASL_PASSWORD].filter(Boolean).length
  check(
    sasl === 0 || sasl === 3,
    'KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD: set all three or none, for example scram-sha-512, kinora and its password',
  )
  check(
    s.KAFKA_BROKERS !== undefined || (!s.KAFKA_TLS && sasl === 0),
    'KAFKA_BROKERS: must be set with KAFKA_TLS or KAFKA_SASL_*, for example kafka-1.example.com:9093',
  )
  check(
    s.REDIS_URL !== undefined || !s.REDIS_CLUSTER,
    'REDIS_URL: must be set with REDIS_CLUSTER, for example redis://redis-1.example.com:6379',
  )
  const { KINORA_WINDOW_MS: window, KINORA_OUT_OF_ORDERNESS_MS: bound, KINORA_IDLE_MS: idle } = s
  check(
    bound <= window,
    `KINORA_OUT_OF_ORDERNESS_MS=${bound}: must be at most KINORA_WINDOW_MS (${window}), for example ${fraction(window)}`,
  )
  check(
    idle <= window,
    `KINORA_IDLE_MS=${idle}: must be at most KINORA_WINDOW_MS (${window}), for example ${fraction(window)}`,
  )
  check(
    s.KINORA_RETENTION_MS >= window + bound + idle,
    `KINORA_RETENTION_MS=${s.KINORA_RETENTION_MS}: must be at least the window, the out-of-orderness and the idle time together (${window + bound + idle}), better by days, for example ${window + bound + idle + 604_800_000}`,
  )
  check(
    s.KINORA_COMMIT_INTERVAL_MS * 2 <= s.KINORA_SESSION_TIMEOUT_MS,
    `KINORA_COMMIT_INTERVAL_MS=${s.KINORA_COMMIT_INTERVAL_MS}: must be at most half of KINORA_SESSION_TIMEOUT_MS (${s.KINORA_SESSION_TIMEOUT_MS}), for example 100`,
  )
  check(
    s.KINORA_MODEL_BATCH_SIZE <= s.KINORA_MODEL_QUEUE,
    `KINORA_MODEL_QUEUE=${s.KINORA_MODEL_QUEUE}: must be at least KINORA_MODEL_BATCH_SIZE (${s.KINORA_MODEL_BATCH_SIZE}), for example ${s.KINORA_MODEL_BATCH_SIZE * 16}`,
  )
  return problems
}

const fraction = (windowMs: number) => Math.max(1, Math.floor(windowMs / 10))

/** The settings by area, so that code takes the piece it needs and never the whole. */
function nested(s: Settings, env: NodeJS.ProcessEnv) {
  return {
    kafka: {
      brokers: s.KAFKA_BROKERS,
      tls: s.KAFKA_TLS,
      sasl: saslOf(s),
      clientId: s.KAFKA_CLIENT_ID,
    },
    redis: { url: s.REDIS_URL, cluster: s.REDIS_CLUSTER, tls: s.REDIS_URL?.startsWith('rediss:') ?? false },
    clickhouse: { url: s.CLICKHOUSE_URL, user: s.CLICKHOUSE_USER, password: s.CLICKHOUSE_PASSWORD ?? '' },
    registry: { url: s.SCHEMA_REGISTRY_URL },
    namespace: s.KINORA_NAMESPACE,
    clock: s.KINORA_CLOCK ?? (s.KINORA_NAMESPACE === 'replay' ? ('replay' as const) : ('live' as const)),
    dataDir: s.KINORA_DATA_DIR,
    cacheDir: s.KINORA_CACHE_DIR ?? userCacheDir(s.KINORA_DATA_DIR, env),
    time: {
      windowMs: s.KINORA_WINDOW_MS,
      outOfOrdernessMs: s.KINORA_OUT_OF_ORDERNESS_MS,
      idleMs: s.KINORA_IDLE_MS,
      aheadMs: s.KINORA_AHEAD_MS,
      futureMs: s.KINORA_FUTURE_MS,
    },
    topics: {
      partitions: s.KINORA_PARTITIONS,
      retentionMs: s.KINORA_RETENTION_MS,
      /** undefined: the brokers' own default. */
      replication: s.KINORA_REPLICATION,
    },
    runtime: {
      commitIntervalMs: s.KINORA_COMMIT_INTERVAL_MS,
      acceptStateLoss: s.KINORA_ACCEPT_STATE_LOSS,
      sessionTimeoutMs: s.KINORA_SESSION_TIMEOUT_MS,
      maxBytesPerPartition: s.KINORA_MAX_BYTES_PER_PARTITION,
    },
    models: {
      sets: s.KINORA_MODEL_SETS ?? join(packageRoot(), 'models', 'zoo'),
      set: s.KINORA_MODEL_SET,
      device: s.KINORA_MODEL_DEVICE,
      fallback: s.KINORA_MODEL_FALLBACK,
      threads: s.KINORA_MODEL_THREADS,
      batching: {
        batchSize: s.KINORA_MODEL_BATCH_SIZE,
        batchDelayMs: s.KINORA_MODEL_BATCH_DELAY_MS,
        queueLimit: s.KINORA_MODEL_QUEUE,
      },
      decoders: s.KINORA_MODEL_DECODERS,
    },
    http: { host: s.KINORA_HTTP_HOST, port: s.KINORA_HTTP_PORT },
    log: { level: s.KINORA_LOG_LEVEL },
    failpoints: s.KINORA_FAILPOINTS,
    terminal: { color: s.NO_COLOR === undefined, ci: s.CI !== undefined && s.CI !== 'false' },
  }
}

const saslOf = (s: Settings) =>
  s.KAFKA_SASL_MECHANISM && s.KAFKA_SASL_USERNAME && s.KAFKA_SASL_PASSWORD
    ? { mechanism: s.KAFKA_SASL_MECHANISM, username: s.KAFKA_SASL_USERNAME, password: s.KAFKA_SASL_PASSWORD }
    : undefined

function userCacheDir(dataDir: string, env: NodeJS.ProcessEnv): string {
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, 'kinora')
  const home = env.HOME ?? env.USERPROFILE
  return home ? join(home, '.cache', 'kinora') : join(dataDir, 'cache')
}
