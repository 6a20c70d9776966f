import type { Logger } from 'pino'
import { runFold, type RunningStream, type StreamEnvironment } from './runtime/fold-runner.js'
import type { Metrics } from './runtime/metrics.js'
import { runSink } from './runtime/sink-runner.js'
import type { Parts, Processor } from './topology.js'

/** Starts processors in one process. When one does not start, those that did are stopped again. */
export async function startProcessors(
  processors: readonly Processor[],
  parts: Parts,
  env: Omit<StreamEnvironment, 'logger'> & { readonly logger: Logger },
  metrics: Metrics,
): Promise<RunningStream[]> {
  const starts = await Promise.allSettled(
    processors.map((processor) =>
      startOne(processor, parts, { ...env, logger: env.logger.child({ stream: processor.name }) }, metrics),
    ),
  )
  const running = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []))
  const failure = starts.find((start) => start.status === 'rejected')
  if (!failure) return running
  await stopProcessors(running)
  throw failure.reason
}

/** Upstream first, so that what they still say is taken further. */
export async function stopProcessors(running: readonly RunningStream[]): Promise<void> {
  await Promise.all(running.map((stream) => stream.stop()))
}

async function startOne(
  processor: Processor,
  parts: Parts,
  env: StreamEnvironment,
  metrics: Metrics,
): Promise<RunningStream> {
  const ofStream = metrics.ofStream(processor.name)
  if (processor.kind === 'fold') return runFold(await processor.build(parts), env, ofStream)
  return runSink(await processor.build(parts), env, ofStream, processor.flush)
}
