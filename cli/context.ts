import { pino, type Logger } from 'pino'
import { loadConfig, type Config } from '../config/config.js'
import { environment } from '../config/environment.js'
import type { Warehouse } from '../stores/clickhouse/warehouse.js'
import { openConnections, type Connections, type Store } from './connections.js'

/** What the program passes to its commands. */
export interface CommandContext {
  /** What `--namespace` says. */
  namespace(): string | undefined
  /** The settings, with `--namespace` and what the command itself prescribes on top. Throws CONFIG_INVALID. */
  config(prescribed?: Readonly<Record<string, string>>): Config
  /** The same for a command that answers and ends: its log speaks of trouble only, unless the environment wants more. */
  quietConfig(prescribed?: Readonly<Record<string, string>>): Config
  /** JSON lines on standard error, so that standard output stays what was asked for. */
  logger(config: Config): Logger
  /** Clients that are closed when the command ends. */
  connect(config: Config, needs: readonly Store[], options?: { start?: boolean }): Promise<Connections>
  /** The warehouse of the namespace, for commands that only read; the data folder is opened if no stack runs on it. */
  openWarehouse(): Promise<Warehouse>
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal
}

export interface OwnedContext extends CommandContext {
  close(): Promise<void>
}

/** @param namespace what `--namespace` says, asked when a command runs */
export function createContext(namespace: () => string | undefined, signal: AbortSignal): OwnedContext {
  const opened: Connections[] = []
  const config = (prescribed: Readonly<Record<string, string>> = {}): Config => {
    const chosen = namespace()
    return loadConfig({ ...environment(), ...prescribed, ...(chosen !== undefined && { KINORA_NAMESPACE: chosen }) })
  }
  const logger = ({ log }: Config): Logger =>
    pino({ level: log.level, base: { pid: process.pid } }, pino.destination(2))
  const connect: CommandContext['connect'] = async (settings, needs, options) => {
    const connections = await openConnections(settings, logger(settings), needs, options)
    opened.push(connections)
    return connections
  }
  const context: OwnedContext = {
    namespace,
    config,
    logger,
    connect,
    quietConfig: (prescribed) => config({ ...prescribed, KINORA_LOG_LEVEL: environment().KINORA_LOG_LEVEL || 'warn' }),
    openWarehouse: async () =>
      (await connect(context.quietConfig(), ['clickhouse'], { start: true })).existingWarehouse(),
    signal,
    close: async () => {
      await Promise.allSettled(opened.map((connections) => connections.close()))
    },
  }
  return context
}
