import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execFileSync } from 'node:child_process'
import { describe, expect, it } from '@jest/globals'
import { runProgram } from '../../../../models/training/run-program.js'
import { readTrainingOptions } from '../../../../models/training/training-options.js'
import { refuseReleased, releasedVersions, trainingSteps } from '../../../../models/training/training-steps.js'
import { tempFolder } from '../../../helpers/temp-folder.js'

describe('a training run', () => {
  const folder = tempFolder()
  const { signal } = new AbortController()
  const context = (root: string) => ({ root, signal, say: () => undefined })
  const optionsIn = (root: string, ...args: string[]) =>
    readTrainingOptions(['--run', join(root, 'run'), '--out', join(root, 'zoo', 'some', '1'), ...args], root, [])
  const skipped = (root: string): string[] =>
    trainingSteps(optionsIn(root), context(root))
      .filter((step) => step.done())
      .map((step) => step.name)

  it('skips what an earlier call finished', () => {
    const root = folder.path()
    expect(skipped(root)).toEqual([])
    mkdirSync(join(root, 'run', 'world'), { recursive: true })
    writeFileSync(join(root, 'run', 'world', 'world.json'), '{}')
    expect(skipped(root)).toEqual(['world of 12000 videos'])
  })

  it('looks at the test split once', () => {
    const root = folder.path()
    mkdirSync(join(root, 'run'))
    writeFileSync(join(root, 'run', 'report.json'), '{}')
    expect(skipped(root)).toEqual(['evaluation on the test split'])
  })

  it('does not touch a set that is in git, unless it is forced', async () => {
    const root = folder.path()
    const git = (...args: string[]) => execFileSync('git', args, { cwd: root })
    git('init', '--quiet')
    mkdirSync(join(root, 'zoo', 'some', '1'), { recursive: true })
    writeFileSync(join(root, 'zoo', 'some', '1', 'manifest.json'), '{}')
    await expect(refuseReleased(optionsIn(root), root)).resolves.toBeUndefined()
    expect(await releasedVersions(join('zoo', 'some'), root)).toEqual([])
    git('add', '.')
    expect(await releasedVersions(join('zoo', 'some'), root)).toEqual(['1'])
    await expect(refuseReleased(optionsIn(root), root)).rejects.toMatchObject({ code: 'TRAINING_FAILED' })
    await expect(refuseReleased(optionsIn(root, '--force'), root)).resolves.toBeUndefined()
  })

  it('says which program failed', async () => {
    const program = { command: process.execPath, args: ['-e', 'process.exit(3)'], cwd: folder.path(), signal }
    await expect(runProgram(program)).rejects.toMatchObject({
      code: 'TRAINING_FAILED',
      message: expect.stringMatching(/exit\(3\): ended with 3$/) as unknown,
    })
    await expect(runProgram({ ...program, command: 'no-such-program' })).rejects.toMatchObject({
      code: 'TRAINING_FAILED',
    })
  })

  it('ends its program when it is interrupted', async () => {
    const interrupt = new AbortController()
    const program = { command: process.execPath, args: ['-e', 'setInterval(() => 1, 1000)'], cwd: folder.path() }
    const running = runProgram({ ...program, signal: interrupt.signal })
    setTimeout(() => interrupt.abort(), 200)
    await expect(running).rejects.toMatchObject({ name: 'AbortError' })
  })
})
