import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { until } from '../../chaos/lag.js'
import { supervise, type Supervised } from '../../chaos/processes.js'

describe('supervised processes', () => {
  let logDir: string
  let running: Supervised | undefined
  const startScript = async (source: string, forgiven = 1): Promise<Supervised> => {
    const script = join(logDir, 'script.mjs')
    await writeFile(script, source)
    running = await supervise({ name: 'p', script, args: ['one'], env: { COLOR: 'red' }, logDir, forgiven })
    return running
  }
  const logHas = (run: number, text: string) =>
    until(
      `run ${run} says ${text}`,
      async () => (await readFile(join(logDir, `p.${run}.log`), 'utf8')).includes(text),
      {
        timeoutMs: 10_000,
      },
    )

  beforeEach(async () => {
    logDir = await mkdtemp(join(tmpdir(), 'kinora-supervise-'))
  })
  afterEach(async () => {
    await running?.end()
    await rm(logDir, { recursive: true, force: true })
  })

  const patient = `
    console.log(process.argv[2], process.env.COLOR, process.env.KINORA_FAILPOINTS)
    if (process.env.KINORA_FAILPOINTS) process.kill(process.pid, 'SIGKILL')
    setInterval(() => {}, 1000)`

  it('are started again after a kill, once with the failpoint and then without it', async () => {
    const process = await startScript(patient)
    await logHas(0, 'one red undefined')
    await process.kill('in-rebuild:1')
    await logHas(1, 'one red in-rebuild:1')
    await logHas(2, 'one red undefined')
    expect(process.ends).toEqual(['SIGKILL', 'SIGKILL'])
    expect(process.fired).toEqual(['in-rebuild:1'])
    expect(process.trouble()).toBeUndefined()
    expect(await process.end()).toBe('SIGTERM')
  })

  it('are given up when they end on their own again and again, with their last words', async () => {
    const process = await startScript(`console.log('no broker'); process.exit(3)`)
    await until('it is given up', () => Promise.resolve(process.trouble() !== undefined), { timeoutMs: 10_000 })
    expect(process.trouble()).toContain('p ended 2 times on its own (exit 3):\nno broker')
  })

  it('stand still while frozen and go on when thawed', async () => {
    const process = await startScript(`let n = 0; setInterval(() => console.log('tick', ++n), 10)`)
    await logHas(0, 'tick 3')
    const ticks = async () => (await readFile(join(logDir, 'p.0.log'), 'utf8')).split('\n').length
    process.freeze()
    await until('it stands still', async () => (await ticksTwice(ticks)).every((n, _, all) => n === all[0]), {
      timeoutMs: 10_000,
    })
    const before = await ticks()
    process.thaw()
    await until('it goes on', async () => (await ticks()) > before + 2, { timeoutMs: 10_000 })
  })
})

/** Two looks, far enough apart that a running script would have said something. */
const ticksTwice = async (ticks: () => Promise<number>): Promise<number[]> => {
  const first = await ticks()
  await new Promise((resolve) => setTimeout(resolve, 100))
  return [first, await ticks()]
}
