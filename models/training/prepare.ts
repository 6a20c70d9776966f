import { parseArgs } from 'node:util'
import { KinoraError, messageOf } from '../../errors/errors.js'
import { prepareWorld } from './prepare-world.js'

/** `node dist/models/training/prepare.js --world DIR --out DIR`; 0 done, 1 failed, 2 called wrongly, 130 interrupted. */
async function main(): Promise<number> {
  const interrupt = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort())
  const say = (text: string): void => void process.stderr.write(`${text}\n`)
  try {
    const { values } = parseArgs({ options: { world: { type: 'string' }, out: { type: 'string' } } })
    if (values.world === undefined || values.out === undefined) throw new TypeError('--world DIR and --out DIR')
    const { videos, requests, samples } = await prepareWorld({
      ...{ world: values.world, out: values.out, signal: interrupt.signal },
      onProgress: say,
    })
    say(`${videos} videos, ${requests} training requests, ${samples} samples`)
    return 0
  } catch (error) {
    if (interrupt.signal.aborted) return 130
    say(error instanceof KinoraError ? `${error.code}: ${error.message}` : messageOf(error))
    return error instanceof TypeError ? 2 : 1
  }
}

process.exit(await main())
