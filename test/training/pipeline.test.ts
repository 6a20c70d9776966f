import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { packageRoot } from '../../config/package-root.js'

const root = packageRoot()
const folder = mkdtempSync(join(tmpdir(), 'kinora-training-'))
const killed = join(folder, 'killed')
const whole = join(folder, 'whole')
/** Two thirds through the first stage: its last checkpoint is of step 30 or 40, and step 20 need not be done again. */
const KILL_AT = 'text 40/60'

interface Ended {
  readonly code: number | null
  readonly said: string
}

/** Runs `npm run train -- --tiny` in a process group of its own, which ends with SIGKILL as soon as it says `killAt`. */
function train(run: string, args: readonly string[] = [], killAt?: string): Promise<Ended> {
  const venv = process.env.KINORA_TRAINING_VENV
  const all = ['--tiny', '--run', run, ...(venv === undefined ? [] : ['--venv', venv]), ...args]
  const child = spawn(process.execPath, [join(root, 'dist', 'models', 'training', 'run-training.js'), ...all], {
    ...{ cwd: root, detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
  })
  return new Promise((done, failed) => {
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (killAt !== undefined && said.includes(killAt)) process.kill(-child.pid!, 'SIGKILL')
    })
    child.once('error', failed)
    child.once('close', (code) => done({ code, said }))
  })
}

const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))

/** sha256 of every model of a set, by name. */
function models(run: string): Record<string, string> {
  const manifest = read(join(run, 'zoo', 'tiny', '1', 'manifest.json')) as {
    models: Record<string, { sha256: string }>
  }
  return Object.fromEntries(Object.entries(manifest.models).map(([name, { sha256 }]) => [name, sha256]))
}

/** Losses and validation figures of every stage; not times. */
function results(run: string): Record<string, unknown> {
  const files = readdirSync(join(run, 'results')).filter((name) => name.endsWith('.json'))
  return Object.fromEntries(
    files.map((name) => {
      const { losses, validation } = read(join(run, 'results', name)) as Record<string, unknown>
      return [name, { losses, validation: withoutSeconds(validation) }]
    }),
  )
}

const withoutSeconds = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, of: unknown) => (key === 'seconds' ? undefined : of)))

describe('npm run train -- --tiny', () => {
  let first: Ended
  let second: Ended
  let undisturbed: Ended

  beforeAll(async () => {
    first = await train(killed, [], KILL_AT)
    second = await train(killed)
    undisturbed = await train(whole, ['--world', join(killed, 'world')])
  }, 2_400_000)

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('was killed in the middle of a stage', () => {
    expect(first.code).toBeNull()
    expect(existsSync(join(killed, 'results', 'text.json'))).toBe(true)
    expect(first.said).not.toContain('text 60/60')
  })

  it('goes on from the last checkpoint, with the world and features that were there', () => {
    expect(second.code).toBe(0)
    expect(second.said).toMatch(/world of \d+ videos: done before/)
    expect(second.said).not.toMatch(/^features /m)
    expect(second.said).not.toMatch(/^text 20\/60/m)
    expect(second.said).toMatch(/^text 60\/60/m)
  })

  it('ends with the same models, losses and figures as a run that was left alone', () => {
    expect(undisturbed.code).toBe(0)
    expect(results(killed)).toEqual(results(whole))
    expect(models(killed)).toEqual(models(whole))
  })

  it('writes a whole set with its report', () => {
    const set = join(whole, 'zoo', 'tiny', '1')
    for (const file of ['golden.json', 'tokenizer.json', 'card.md', 'report/README.md', 'report/mae.png'])
      expect(existsSync(join(set, file))).toBe(true)
    expect(Object.keys(models(whole)).sort()).toEqual([
      ...['content', 'document', 'frames', 'image', 'perception', 'query', 'stem'],
    ])
  })

  it('has nothing left to do when it is called again', async () => {
    const again = await train(whole, ['--world', join(killed, 'world')])
    expect(again.code).toBe(0)
    expect(again.said).not.toMatch(/^\w+ \d+\/\d+, /m)
    expect(again.said).toMatch(/test split: done before/)
  }, 300_000)
})
