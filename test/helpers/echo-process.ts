/**
 * `echo-process.ts BROKERS NAMESPACE NAME [FAILPOINT]`: runs a fold that answers each impression with an outcome record
 * signed with NAME. At the failpoint, once, the process freezes itself as SIGSTOP from outside would, with what it was
 * about to do still to come. Logs to standard output.
 */
import { pino } from 'pino'
import type { ResultsShown } from '../../schemas/events.js'
import { connectKafka } from '../../stores/kafka/client.js'
import type { Fold } from '../../streams/runtime/fold.js'
import { runFold } from '../../streams/runtime/fold-runner.js'
import { openMetrics } from '../../streams/runtime/metrics.js'
import { topics } from '../../streams/topics.js'
import { streamEnvironment } from './stream-environment.js'

const [brokers = '', namespace = '', name = '', freezeAt] = process.argv.slice(2)

const echo: Fold<ResultsShown> = {
  name: 'echo',
  reads: [topics.impressions],
  writes: [topics.outcomes],
  time: 'none',
  start: ({ out, partition }) => ({
    take: ({ event: { request_id, user_id, query, at, variants, model_set, served_features_at } }) => {
      const request = { request_id, user_id, query, shown_at: at, variants, model_set, served_features_at }
      out.emit(topics.outcomes, partition, request_id, { ...request, device: name, outcomes: [] })
      out.judge(0, 'used')
    },
    refuse: () => undefined,
    advance: () => undefined,
    endReplay: () => undefined,
    flush: () => undefined,
    rebuildOffset: (_, position) => position,
    save: () => '',
    committed: () => undefined,
    size: 0,
  }),
}

const logger = pino({ level: 'info' }, pino.destination({ dest: 1, sync: true }))
const environment = streamEnvironment({
  ...{ kafka: connectKafka({ brokers: [brokers] }, logger), namespace, logger },
  settings: { sessionTimeoutMs: 2_000 },
})
let frozen = false
const failpoint = (point: string): void => {
  if (point !== freezeAt || frozen) return
  frozen = true
  logger.info('frozen')
  process.kill(process.pid, 'SIGSTOP')
}
await runFold(echo, { ...environment, failpoint }, openMetrics().ofStream('echo'))
