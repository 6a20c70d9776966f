import type { Command } from 'commander'
import { FatalError } from '../../errors/errors.js'
import { processorNamed, topology, type Processor } from '../../streams/topology.js'
import type { CommandContext } from '../context.js'
import { endWithin } from '../end-within.js'
import { awaitLive, startPlatform } from '../platform.js'

/** `kinora up`: the stores that are not configured elsewhere, and every processor, in this process. */
export function registerUp(program: Command, context: CommandContext): void {
  program
    .command('up')
    .description('start the local stack, where stores are not configured, and every processor')
    .action(() => runUntilStopped(topology, context, { start: true }))
}

/** `kinora run`: single processors on stores that run elsewhere, for scaling out. */
export function registerRun(program: Command, context: CommandContext): void {
  program
    .command('run')
    .argument('<processor...>', `of: ${topology.map(({ name }) => name).join(', ')}`)
    .description('run processors on stores that are configured, or on a running local stack')
    .action((names: string[]) => runUntilStopped(names.map(named), context, { start: false }))
}

function named(name: string): Processor {
  const processor = processorNamed(name)
  if (processor) return processor
  const known = topology.map((each) => each.name).join(', ')
  throw new FatalError('COMMAND_INVALID', `no processor is called ${name}; there are: ${known}`)
}

/** Below the 30 s that orchestrators commonly wait before they kill. */
const STOPPED_WITHIN_MS = 25_000

/** Asked to stop while still starting: that is no failure either. */
async function runUntilStopped(
  processors: readonly Processor[],
  context: CommandContext,
  options: { start: boolean },
): Promise<void> {
  try {
    await run(processors, context, options)
  } catch (error) {
    if (error !== context.signal.reason) throw error
  }
}

async function run(
  processors: readonly Processor[],
  context: CommandContext,
  options: { start: boolean },
): Promise<void> {
  const config = context.config()
  const logger = context.logger(config)
  const needs = new Set(processors.flatMap((processor) => processor.needs))
  const connections = await context.connect(config, ['kafka', ...needs], options)
  logger.info({ namespace: config.namespace, ...connections.addresses }, 'stores connected')
  const platform = await startPlatform(processors, config, connections, logger, context.signal)
  try {
    await awaitLive(platform, context.signal)
    logger.info({ streams: processors.length, health: platform.health?.url }, 'ready')
    await stopped(platform.failed, context.signal)
  } finally {
    endWithin(STOPPED_WITHIN_MS, logger)
    await platform.stop()
    logger.info('stopped')
  }
}

/** Resolves when asked to stop; @throws what failed */
function stopped(failed: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
    if (signal.aborted) resolve()
    void failed.then((error) => reject(error as Error))
  })
}
