import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { loadConfig } from '../../../config/config.js'
import { packageRoot } from '../../../config/package-root.js'
import { KinoraError } from '../../../errors/errors.js'

const messageFor = (env: NodeJS.ProcessEnv): string => {
  try {
    loadConfig(env)
  } catch (error) {
    if (error instanceof KinoraError && error.code === 'CONFIG_INVALID') return error.message
    throw error
  }
  return ''
}

describe('loadConfig', () => {
  it('needs no variable at all', () => {
    expect(loadConfig({ HOME: '/home/ann' })).toEqual({
      kafka: { brokers: undefined, tls: false, sasl: undefined, clientId: 'kinora' },
      redis: { url: undefined, cluster: false, tls: false },
      clickhouse: { url: undefined, user: 'default', password: '' },
      registry: { url: undefined },
      namespace: 'live',
      clock: 'live',
      dataDir: '.kinora',
      cacheDir: '/home/ann/.cache/kinora',
      time: { windowMs: 1_800_000, outOfOrdernessMs: 120_000, idleMs: 30_000, aheadMs: 300_000, futureMs: 600_000 },
      topics: { partitions: 4, retentionMs: 604_800_000, replication: undefined },
      runtime: {
        commitIntervalMs: 100,
        acceptStateLoss: false,
        sessionTimeoutMs: 10_000,
        maxBytesPerPartition: 262_144,
      },
      models: {
        sets: join(packageRoot(), 'models', 'zoo'),
        ...{ set: 'world-small', device: 'cpu', fallback: undefined, threads: 1 },
        batching: { batchSize: 8, batchDelayMs: 2, queueLimit: 1024 },
        decoders: 1,
      },
      http: { host: '127.0.0.1', port: undefined },
      log: { level: 'info' },
      failpoints: [],
      terminal: { color: true, ci: false },
    })
  })

  it('counts an empty variable as unset', () => {
    expect(loadConfig({ KAFKA_BROKERS: '', KINORA_WINDOW_MS: '', NO_COLOR: '', REDIS_URL: '' })).toEqual(loadConfig({}))
  })

  it('reads stores with logins', () => {
    const config = loadConfig({
      KAFKA_BROKERS: 'k1:9093, [::1]:9093',
      KAFKA_TLS: 'true',
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SASL_USERNAME: 'ann',
      KAFKA_SASL_PASSWORD: 'secret',
      REDIS_URL: 'rediss://r:6379',
      REDIS_CLUSTER: '1',
    })
    expect(config.kafka).toEqual({
      brokers: ['k1:9093', '[::1]:9093'],
      tls: true,
      sasl: { mechanism: 'scram-sha-512', username: 'ann', password: 'secret' },
      clientId: 'kinora',
    })
    expect(config.redis).toEqual({ url: 'rediss://r:6379', cluster: true, tls: true })
  })

  it('reports every malformed variable at once, each with what is wrong and an example', () => {
    const message = messageFor({ KINORA_WINDOW_MS: '30min', KAFKA_BROKERS: 'kafka', KINORA_NAMESPACE: 'Live!' })
    expect(message).toBe(
      [
        '3 of the settings cannot be used:',
        '  KAFKA_BROKERS=kafka: expected host:port pairs, separated by commas, for example kafka-1.example.com:9092,kafka-2.example.com:9092',
        '  KINORA_NAMESPACE=Live!: expected 1 to 40 lower-case letters, digits and dashes, for example live',
        '  KINORA_WINDOW_MS=30min: expected a whole number of milliseconds, at least 1, for example 1800000',
      ].join('\n'),
    )
  })

  it('never prints a password', () => {
    const env = {
      REDIS_URL: 'http://ann:hunter2@r',
      CLICKHOUSE_URL: 'htp:/ann:hunter2@c',
      SCHEMA_REGISTRY_URL: 'ftp://r/?password=hunter2',
      KAFKA_SASL_PASSWORD: 'hunter2',
    }
    expect(messageFor(env)).toContain('3 of the settings')
    expect(messageFor(env)).not.toContain('hunter2')
  })

  it.each<[string, NodeJS.ProcessEnv, string]>([
    ['a SASL login without password', { KAFKA_BROKERS: 'k:1', KAFKA_SASL_USERNAME: 'ann' }, 'set all three or none'],
    ['TLS to no broker', { KAFKA_TLS: 'true' }, 'KAFKA_BROKERS: must be set'],
    ['a cluster without address', { REDIS_CLUSTER: 'true' }, 'REDIS_URL: must be set'],
    [
      'an idle time longer than the window',
      { KINORA_WINDOW_MS: '29999', KINORA_OUT_OF_ORDERNESS_MS: '9' },
      'KINORA_IDLE_MS=30000',
    ],
    ['more disorder than the window', { KINORA_WINDOW_MS: '100000' }, 'KINORA_OUT_OF_ORDERNESS_MS=120000'],
    ['a retention shorter than the window', { KINORA_RETENTION_MS: '1949999' }, 'KINORA_RETENTION_MS=1949999'],
    ['commits rarer than half a session', { KINORA_COMMIT_INTERVAL_MS: '5001' }, 'KINORA_COMMIT_INTERVAL_MS=5001'],
    ['a queue shorter than a batch', { KINORA_MODEL_QUEUE: '7' }, 'KINORA_MODEL_QUEUE=7'],
  ])('refuses %s', (_, env, problem) => {
    expect(messageFor(env)).toContain(problem)
  })

  it('accepts each of these rules at its limit', () => {
    const config = loadConfig({
      KINORA_WINDOW_MS: '120000',
      KINORA_IDLE_MS: '120000',
      KINORA_RETENTION_MS: '360000',
      KINORA_COMMIT_INTERVAL_MS: '5000',
      KINORA_MODEL_QUEUE: '8',
    })
    expect(config.time.idleMs).toBe(120_000)
  })

  it.each([
    ['live', undefined, 'live'],
    ['replay', undefined, 'replay'],
    ['replay', 'live', 'live'],
    ['tenant-a', 'replay', 'replay'],
  ])('runs namespace %s with clock %s on the %s clock', (namespace, clock, expected) => {
    expect(loadConfig({ KINORA_NAMESPACE: namespace, KINORA_CLOCK: clock }).clock).toBe(expected)
  })

  it('reads where models come from and run', () => {
    const { models } = loadConfig({
      KINORA_MODEL_SETS: '/srv/models',
      KINORA_MODEL_SET: 'large/2',
      KINORA_MODEL_DEVICE: 'cuda',
      KINORA_MODEL_FALLBACK: 'cpu',
      KINORA_MODEL_BATCH_DELAY_MS: '0',
    })
    expect(models).toMatchObject({ sets: '/srv/models', set: 'large/2', device: 'cuda', fallback: 'cpu' })
    expect(models.batching.batchDelayMs).toBe(0)
  })

  it.each(['../large', 'large/1/2', '/srv', 'Large', '.large'])('refuses "%s" as the name of a model set', (value) => {
    expect(messageFor({ KINORA_MODEL_SET: value })).toContain(`KINORA_MODEL_SET=${value}`)
  })

  it('reads failpoints, each with the visit at which it happens', () => {
    expect(loadConfig({ KINORA_FAILPOINTS: 'rebuild:2,before-commit' }).failpoints).toEqual([
      { name: 'rebuild', count: 2 },
      { name: 'before-commit', count: 1 },
    ])
  })

  it.each(['rebuild:', 'rebuild:0', ',rebuild', 'rebuild,', 'a b'])('refuses the failpoints "%s"', (value) => {
    expect(messageFor({ KINORA_FAILPOINTS: value })).toContain('KINORA_FAILPOINTS')
  })

  it.each(['-1', '1.5', '1e3', ' 5', '0x10', '9999999999999999'])('refuses "%s" as milliseconds', (value) => {
    expect(messageFor({ KINORA_AHEAD_MS: value })).toContain(`KINORA_AHEAD_MS=${value}`)
  })
})
