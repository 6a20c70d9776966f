import type { Kafka } from 'kafkajs'
import { pino, type Logger } from 'pino'
import { createCodec } from '../../schemas/codec.js'
import { ourSchemas } from '../../schemas/versions.js'
import type { StreamEnvironment, StreamSettings } from '../../streams/runtime/fold-runner.js'
import { noFailpoints } from '../../streams/runtime/failpoints.js'

export interface EnvironmentOptions {
  readonly kafka: Kafka
  readonly namespace: string
  readonly settings?: Partial<StreamSettings>
  readonly logger?: Logger
  /** What the stream cannot survive; by default the test fails by an unhandled rejection. */
  readonly onFatal?: StreamEnvironment['onFatal']
}

/** What a stream needs to run on a real Kafka in a test. */
export const streamEnvironment = ({ kafka, namespace, settings, logger, onFatal }: EnvironmentOptions) =>
  ({
    kafka,
    codec: createCodec(ourSchemas()),
    settings: {
      ...{
        namespace,
        commitIntervalMs: 50,
        acceptStateLoss: false,
        sessionTimeoutMs: 6_000,
        maxBytesPerPartition: 262_144,
      },
      time: { outOfOrdernessMs: 500, idleMs: 500, aheadMs: 300_000, clock: 'live', futureMs: 600_000 },
      ...settings,
    },
    failpoint: noFailpoints,
    logger: logger ?? pino({ level: 'silent' }),
    onFatal: onFatal ?? ((stream, error) => void Promise.reject(new Error(`${stream} failed`, { cause: error }))),
  }) satisfies StreamEnvironment
