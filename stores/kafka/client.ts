import type { Kafka, KafkaConfig, LogEntry, SASLOptions } from 'kafkajs'
import type { Logger } from 'pino'
import { loadKafkajs } from './kafkajs-corrections.js'

export interface KafkaSettings {
  readonly brokers: readonly string[]
  readonly tls?: boolean
  readonly sasl?:
    { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string } | undefined
  readonly clientId?: string
}

/**
 * A Kafka client over kafkajs with its corrections. It connects nowhere by itself.
 * Short retries: a transaction makes several small requests, and kafkajs' default first pause is 300 ms.
 */
export function connectKafka(settings: KafkaSettings, logger: Logger): Kafka {
  const { Kafka, logLevel } = loadKafkajs()
  const config: KafkaConfig = {
    clientId: settings.clientId ?? 'kinora',
    brokers: [...settings.brokers],
    ssl: settings.tls ?? false,
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => log(logger, entry),
    retry: { initialRetryTime: 20, maxRetryTime: 2_000, retries: 12 },
    ...(settings.sasl && { sasl: settings.sasl as SASLOptions }),
  }
  return new Kafka(config)
}

/** kafkajs reports what it retries itself as errors; for us these are details until a call fails. */
function log(logger: Logger, { namespace, log: { message, timestamp, ...fields } }: LogEntry): void {
  logger.debug({ kafkajs: namespace, reportedAt: timestamp, ...fields }, message)
}
