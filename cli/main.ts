#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { KinoraError, messageOf } from '../errors/errors.js'
import { registerConfig } from './commands/config.js'
import { registerDeadLetters } from './commands/dead-letters.js'
import { registerRun, registerUp } from './commands/up.js'
import { registerDemo } from './commands/demo.js'
import { registerDoctor } from './commands/doctor.js'
import { registerEngagement } from './commands/engagement.js'
import { registerExport } from './commands/export.js'
import { registerModels } from './commands/models.js'
import { registerOutcomes } from './commands/outcomes.js'
import { registerParity } from './commands/parity.js'
import { registerRelabel } from './commands/relabel.js'
import { registerSamples } from './commands/samples.js'
import { registerCalibrate } from './commands/calibrate.js'
import { registerReplay } from './commands/replay.js'
import { registerTopics } from './commands/topics.js'
import { createContext } from './context.js'

/** Exit codes: 0 done, 1 failed or differences found, 2 called wrongly, 130 interrupted. */
const FAILED = 1
const MISUSED = 2
const INTERRUPTED = 130

/** In the order of the help. */
const commands = [
  registerUp,
  registerRun,
  registerDemo,
  registerReplay,
  registerOutcomes,
  registerSamples,
  registerEngagement,
  registerExport,
  registerCalibrate,
  registerRelabel,
  registerParity,
  registerModels,
  registerDeadLetters,
  registerTopics,
  registerDoctor,
  registerConfig,
]

async function main(): Promise<number> {
  const interrupt = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => interrupt.abort(new Interrupted(signal)))
  const program = new Command('kinora')
    .description('Streaming multimodal features, training samples and experiment metrics for video search.')
    .option('-n, --namespace <name>', 'namespace to work in (KINORA_NAMESPACE; default: live)')
    .showHelpAfterError('(add --help for what fits)')
    .exitOverride()
  const context = createContext(() => program.opts<{ namespace?: string }>().namespace, interrupt.signal)
  for (const register of commands) register(program, context)
  try {
    await program.parseAsync()
    return Number(process.exitCode ?? 0)
  } catch (error) {
    return explain(error)
  } finally {
    await context.close()
  }
}

class Interrupted extends Error {}

/** Says what went wrong in a line, with its code, and how to mend it; the stack is for bugs only. */
function explain(error: unknown): number {
  if (error instanceof Interrupted) return INTERRUPTED
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : MISUSED
  if (error instanceof KinoraError) {
    console.error(`${error.code}: ${error.message}`)
    return error.code === 'COMMAND_INVALID' || error.code === 'CONFIG_INVALID' ? MISUSED : FAILED
  }
  console.error(error instanceof Error ? (error.stack ?? error.message) : messageOf(error))
  return FAILED
}

process.exit(await main())
