/** The product's own joiner in a process of its own: `join.js '{"brokers": …, "namespace": …, "name": …}'`. */
import { pino } from 'pino'
import { loadConfig } from '../../config/config.js'
import { createCodec } from '../../schemas/codec.js'
import { loadViewThresholds } from '../../schemas/policies/view-thresholds.js'
import { ourSchemas } from '../../schemas/versions.js'
import { connectKafka } from '../../stores/kafka/client.js'
import { joinOutcomes } from '../../streams/behavior/join-outcomes.js'
import { noFailpoints } from '../../streams/runtime/failpoints.js'
import { runFold } from '../../streams/runtime/fold-runner.js'
import { openMetrics } from '../../streams/runtime/metrics.js'

export interface JoinArguments {
  readonly brokers: string
  readonly namespace: string
  /** Of the stream: each has a consumer group of its own. */
  readonly name: string
}

const { brokers, namespace, name } = JSON.parse(process.argv[2]!) as JoinArguments
// The product's defaults, whatever the environment says.
const { time, runtime } = loadConfig({})
const { windowMs } = time
const logger = pino({ level: 'info' })
const fold = joinOutcomes({ windowMs, thresholds: loadViewThresholds(), announceMs: windowMs / 60 })
const running = await runFold(
  { ...fold, name },
  {
    kafka: connectKafka({ brokers: [brokers] }, logger),
    codec: createCodec(ourSchemas()),
    settings: { namespace, ...runtime, time: { ...time, clock: 'replay' } },
    failpoint: noFailpoints,
    logger,
    onFatal: (_, error) => {
      logger.fatal({ err: error }, 'the stream has failed')
      process.exit(1)
    },
  },
  openMetrics().ofStream(name),
)
process.once('SIGTERM', () => void running.stop().then(() => process.exit(0)))
