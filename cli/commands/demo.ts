import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { once } from 'node:events'
import type { Command } from 'commander'
import { pino, type Logger } from 'pino'
import type { Config } from '../../config/config.js'
import { runDemo } from '../../demo/demo.js'
import { fastParameters, parameters as fullParameters, type DemoParameters } from '../../demo/parameters.js'
import { openProgress } from '../../demo/progress.js'
import { demoSettings } from '../../demo/settings.js'
import { styleOf } from '../../demo/style.js'
import { renderSummary } from '../../demo/summary.js'
import { findRunningStack } from '../../stores/local-stack.js'
import { topology } from '../../streams/topology.js'
import { openConnections, type Connections } from '../connections.js'
import type { CommandContext } from '../context.js'
import { openDemoPlatform } from '../demo-platform.js'
import { awaitLive, startPlatform, type Platform } from '../platform.js'

interface DemoFlags {
  keep: boolean
  fast: boolean
}

/** `kinora demo`: everything at once, live, with a synthetic crowd. */
export function registerDemo(program: Command, context: CommandContext): void {
  program
    .command('demo')
    .description('start everything, let a synthetic crowd search, click and watch, and show what came of it')
    .option('--keep', 'leave it running afterwards, until Ctrl-C', false)
    .option('--fast', 'a short run, for CI', false)
    .action((flags: DemoFlags) => demo(flags, context))
}

async function demo(flags: DemoFlags, context: CommandContext): Promise<void> {
  const parameters = flags.fast ? fastParameters : fullParameters
  const config = await configure(parameters, context)
  const logger = await openLog(config)
  const startedMs = Date.now()
  console.log('Starting Kafka, Redis, ClickHouse and every processor (the first time, some 60 MB are fetched) …')
  const connections = await openConnections(config, logger, ['kafka', 'redis', 'clickhouse'], { start: true })
  try {
    const platform = await startPlatform(topology, config, connections, logger, context.signal)
    try {
      await awaitLive(platform, context.signal)
      console.log(`All ${topology.length} streams are live after ${((Date.now() - startedMs) / 1000).toFixed(1)} s.\n`)
      const signal = AbortSignal.any([context.signal, failureOf(platform)])
      await show(parameters, config, signal, { connections, platform })
      if (flags.keep) await kept(signal)
    } finally {
      await platform.stop()
    }
  } finally {
    await connections.close()
  }
}

/** A namespace of its own for each run, in a folder of its own unless a stack runs or stores are configured. */
async function configure(parameters: DemoParameters, context: CommandContext): Promise<Config> {
  const { dataDir } = context.config()
  const own = join(dataDir, 'demo')
  const isShared = (await findRunningStack(dataDir)) !== undefined
  if (!isShared && (await findRunningStack(own)) === undefined) await rm(own, { recursive: true, force: true })
  const config = context.config({
    ...demoSettings(parameters),
    KINORA_NAMESPACE: `demo-${Date.now().toString(36)}`,
    KINORA_PARTITIONS: '2',
    ...(!isShared && { KINORA_DATA_DIR: own }),
  })
  await mkdir(config.dataDir, { recursive: true })
  return config
}

/** The log goes to a file, and what takes long or goes wrong to the screen too. */
async function openLog({ dataDir, namespace, log }: Config): Promise<Logger> {
  const file = createWriteStream(join(dataDir, `${namespace}.log`))
  await once(file, 'open')
  return pino(
    { level: log.level, base: null },
    pino.multistream([{ stream: file }, { level: 'error', stream: process.stderr }]),
  )
}

async function show(
  parameters: DemoParameters,
  config: Config,
  signal: AbortSignal,
  { connections, platform }: { connections: Connections; platform: Platform },
): Promise<void> {
  const { color, ci } = config.terminal
  const redraw = process.stdout.isTTY && !ci
  const out = join(config.dataDir, `${config.namespace}-training-set`)
  const demoPlatform = await openDemoPlatform(config, connections, platform, out, signal)
  try {
    const summary = await runDemo({
      parameters,
      platform: demoPlatform,
      codec: platform.codec,
      progress: openProgress({ out: process.stdout, redraw, color: color && process.stdout.isTTY }),
      run: config.namespace,
      next: nextCommands(config),
      signal,
    })
    if (summary) console.log(`\n${renderSummary(summary, styleOf(color && process.stdout.isTTY))}`)
    else signal.throwIfAborted()
  } finally {
    await demoPlatform.close()
  }
}

function nextCommands({ namespace, dataDir, time }: Config) {
  const kinora = (command: string) => `KINORA_DATA_DIR=${dataDir} npm run kinora -- -n ${namespace} ${command}`
  // Which requests are settled depends on the times, and the demo's are not the usual ones.
  const { windowMs, outOfOrdernessMs, idleMs } = time
  const times = `KINORA_WINDOW_MS=${windowMs} KINORA_OUT_OF_ORDERNESS_MS=${outOfOrdernessMs} KINORA_IDLE_MS=${idleMs}`
  return [
    { command: kinora('outcomes --format jsonl'), shows: 'what became of every shown video' },
    { command: kinora('dead-letters list'), shows: 'the records that could not be processed' },
    { command: `${times} ${kinora('parity')}`, shows: 'that SQL over the raw events finds the same outcomes' },
    { command: 'npm run kinora -- --help', shows: 'everything else' },
  ]
}

/** Aborts with what made the platform fail. */
function failureOf(platform: Platform): AbortSignal {
  const failure = new AbortController()
  void platform.failed.then((error) => failure.abort(error))
  return failure.signal
}

const kept = (signal: AbortSignal): Promise<void> => {
  console.log('\nStill running; Ctrl-C stops it.')
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
