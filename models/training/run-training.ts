import { mkdir } from 'node:fs/promises'
import { packageRoot } from '../../config/package-root.js'
import { KinoraError, messageOf } from '../../errors/errors.js'
import { readTrainingOptions, usage, zoo } from './training-options.js'
import { refuseReleased, releasedVersions, trainingSteps } from './training-steps.js'
import { refuseAnotherWorld } from './training-world.js'

/** `npm run train -- [options]`; 0 done, 1 failed, 2 called wrongly, 130 interrupted. */
async function main(args: readonly string[]): Promise<number> {
  const interrupt = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort())
  const say = (text: string): void => void process.stderr.write(`${text}\n`)
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(`${usage}\n`)
    return 0
  }
  try {
    const root = packageRoot()
    const options = readTrainingOptions(args, root, await releasedVersions(zoo, root))
    await refuseReleased(options, root)
    await refuseAnotherWorld(options)
    await mkdir(options.run, { recursive: true })
    const steps = trainingSteps(options, { root, signal: interrupt.signal, say })
    for (const [place, step] of steps.entries()) {
      const skipped = step.done()
      say(`[${place + 1}/${steps.length}] ${step.name}${skipped ? ': done before' : ''}`)
      if (!skipped) await step.run()
    }
    return 0
  } catch (error) {
    if (interrupt.signal.aborted) return 130
    say(error instanceof KinoraError ? `${error.code}: ${error.message}` : messageOf(error))
    if (error instanceof TypeError) say(usage)
    return error instanceof TypeError ? 2 : 1
  }
}

process.exit(await main(process.argv.slice(2)))
