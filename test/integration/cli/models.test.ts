import { cpSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { Command } from 'commander'
import { registerModels } from '../../../cli/commands/models.js'
import type { CommandContext } from '../../../cli/context.js'
import { loadConfig } from '../../../config/config.js'
import { copySet } from '../../helpers/copy-set.js'
import { tinySets } from '../../helpers/tiny-set.js'
import { trueVideo, uploaded, writeTinyWorld } from '../../helpers/tiny-world.js'

let said: string[]
beforeEach(() => {
  said = []
  jest.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line))
})
afterEach(() => {
  jest.restoreAllMocks()
})

/** What `kinora models …` prints, with a folder of sets. */
async function run(args: readonly string[], sets = tinySets): Promise<string> {
  const program = new Command().exitOverride()
  const settings = { KINORA_MODEL_SETS: sets, KINORA_MODEL_SET: 'tiny' }
  const context: Pick<CommandContext, 'quietConfig' | 'signal'> = {
    quietConfig: (prescribed) => loadConfig({ ...settings, ...prescribed }),
    signal: new AbortController().signal,
  }
  registerModels(program, context as CommandContext)
  await program.parseAsync(['models', ...args], { from: 'user' })
  return said.join('\n')
}

describe('kinora models list', () => {
  it('shows the sets and marks the chosen one', async () => {
    expect(await run(['list'])).toBe('* tiny/1                   vectors of 4, 0.0 MB, float32')
  })

  it('marks the newest version of several', async () => {
    const { root } = copySet()
    cpSync(join(root, 'tiny', '1'), join(root, 'tiny', '2'), { recursive: true })
    expect((await run(['list'], root)).split('\n').map((line) => line.slice(0, 8))).toEqual(['  tiny/1', '* tiny/2'])
  })

  it('shows what is wrong with a set instead', async () => {
    const copy = copySet()
    copy.editManifest((manifest) => (manifest.dim = 5))
    const [listed] = (await run(['list', '--json'], copy.root)).split('\n').map((line) => JSON.parse(line) as object)
    expect(listed).toMatchObject({
      ...{ name: 'tiny/1', chosen: true },
      problem: expect.stringMatching(/^MODEL_SET_INVALID: .* the outputs of image are/) as unknown,
    })
  })
})

describe('kinora models verify', () => {
  it('passes every check of a good set', async () => {
    const lines = (await run(['verify', '--set', 'tiny/1'])).split('\n')
    expect(lines).toHaveLength(13)
    expect(lines.slice(0, -1).every((line) => line.startsWith('✓ '))).toBe(true)
    expect(lines.at(-2)).toMatch(/^✓ videos: 4 vectors of 1 golden videos, lowest cosine 1\.0+ \(at least 0\.99999\)$/)
    expect(lines.at(-1)).toBe('tiny/1 is what it says, on cpu')
  })

  it('ends at the first check that fails', async () => {
    const copy = copySet()
    copy.editGolden(({ vectors }) => (vectors.videos[0]!.title = '小王'))
    await expect(run(['verify'], copy.root)).rejects.toMatchObject({ code: 'MODEL_SET_MISMATCH' })
    expect(said.at(-1)).toMatch(/^✓ media/)
  })

  it('of a set that is not there is an error', async () => {
    await expect(run(['verify', '--set', 'huge'])).rejects.toMatchObject({ code: 'MODEL_SET_NOT_FOUND' })
  })
})

describe('kinora models evaluate', () => {
  it('judges a set on a world', async () => {
    const query = { kind: 'name', concepts: [], held_out: null, shared_characters: null, weight: 1 }
    const header = 'split\tquery_id\tvideo_id\tperceived\tcontent'
    const world = writeTinyWorld(mkdtempSync(join(tmpdir(), 'world-')), {
      events: ['a', 'b'].map((id) => uploaded(id, { title: id === 'a' ? '苹果' : '切' })),
      videos: ['a', 'b'].map((id) => trueVideo(id, { split: 'test', slice: 'held-out' })),
      files: {
        'truth/queries.jsonl': JSON.stringify({ query_id: 'q', text: '苹果', ...query }),
        'truth/grades.tsv': `${header}\ntest\tq\ta\t2\t2\ntest\tq\tb\t0\t0\n`,
      },
    })
    const args = ['evaluate', '--world', world, '--split', 'test', '--resamples', '10']
    const text = await run(args)
    expect(text).toContain(`tiny/1 on test of ${world}, on cpu: 1 queries, 2 videos, 2 graded pairs`)
    expect(text).toMatch(/by what videos hold, PNR \(the content fusion ahead of it by\)\n {2}title +\d\.\d{3} \[/)
    said = []
    await expect(run([...args, '--slice', 'seen'])).rejects.toMatchObject({ code: 'WORLD_INVALID' })
    const found = JSON.parse(await run([...args, '--videos', '2', '--json'])) as object
    expect(found).toMatchObject({ set: 'tiny/1', slice: null, devices: ['cpu'], videos: 2 })
  })

  it('judges a file of scores', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'scores-')), 'scores.tsv')
    writeFileSync(file, 'q\t1\t0.9\nq\t0\t0.1\n')
    expect(await run(['evaluate', '--scores', file])).toMatch(/^1 queries, 2 documents\nscore {2}PNR 1\.000/)
    said = []
    writeFileSync(file, 'q\t1\t0.9\nq\t1\t0.1\n')
    expect(await run(['evaluate', '--scores', file])).toMatch(/score {2}PNR – {2}P 0 N 0 T 0 {2}pair accuracy –/)
  })

  it.each([[[]], [['--scores', 'x', '--world', 'y']]])('wants one or the other: %j', async (args) => {
    await expect(run(['evaluate', ...args])).rejects.toMatchObject({ code: 'COMMAND_INVALID' })
  })
})
