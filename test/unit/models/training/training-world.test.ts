import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { readTrainingOptions } from '../../../../models/training/training-options.js'
import { makeWorld, refuseAnotherWorld } from '../../../../models/training/training-world.js'
import { tempFolder } from '../../../helpers/temp-folder.js'

describe('the world of a training run', () => {
  const folder = tempFolder()
  const { signal } = new AbortController()
  const optionsOf = (...args: string[]) =>
    readTrainingOptions(['--tiny', '--run', join(folder.path(), 'run'), ...args], folder.path(), [])
  const worldWith = (name: string, text: string): string => {
    const world = join(folder.path(), 'run', 'world')
    mkdirSync(world, { recursive: true })
    writeFileSync(join(world, name), text)
    return world
  }
  /** Stands for the making of a world: fails where the folder holds anything. */
  const projectThatNeedsAnEmptyFolder = (): string => {
    const scripts = { world: 'test ! -e run/world && echo' }
    writeFileSync(join(folder.path(), 'package.json'), JSON.stringify({ scripts }))
    return folder.path()
  }

  it('is made anew where an earlier call was stopped in the making', async () => {
    worldWith('events.jsonl', '')
    await makeWorld(optionsOf(), { cwd: projectThatNeedsAnEmptyFolder(), signal })
  })

  it('is not removed with what somebody else has put there', async () => {
    const world = worldWith('events.jsonl', '')
    worldWith('diary.txt', 'today')
    const making = makeWorld(optionsOf(), { cwd: projectThatNeedsAnEmptyFolder(), signal })
    await expect(making).rejects.toMatchObject({
      code: 'WORLD_INVALID',
      message: expect.stringContaining('diary.txt') as unknown,
    })
    expect(existsSync(join(world, 'events.jsonl'))).toBe(true)
  })

  it('is never removed when it was named', async () => {
    const world = worldWith('events.jsonl', '')
    const making = makeWorld(optionsOf('--world', world), { cwd: projectThatNeedsAnEmptyFolder(), signal })
    await expect(making).rejects.toMatchObject({ code: 'TRAINING_FAILED' })
    expect(existsSync(join(world, 'events.jsonl'))).toBe(true)
  })

  it('has the numbers that are asked for, or says which it has', async () => {
    const world = worldWith('world.json', JSON.stringify({ videos: 300, requests: 4_000, seed: 8, events: 1 }))
    await expect(refuseAnotherWorld(optionsOf())).resolves.toBeUndefined()
    await expect(refuseAnotherWorld(optionsOf('--videos', '400', '--seed', '9'))).rejects.toMatchObject({
      code: 'TRAINING_FAILED',
      message:
        `${world} was made with --videos 300 --seed 8, and --videos 400 --seed 9 is asked for: ` +
        `say --videos 300 --seed 8, name another folder with --run, or remove ${join(folder.path(), 'run')}`,
    })
  })

  it('may be of any size when it was named, or not be there yet', async () => {
    await expect(refuseAnotherWorld(optionsOf())).resolves.toBeUndefined()
    const world = worldWith('world.json', JSON.stringify({ videos: 20, requests: 0, seed: 1 }))
    await expect(refuseAnotherWorld(optionsOf('--world', world))).resolves.toBeUndefined()
  })

  it.each(['', '{"videos": 300}'])('is refused when it does not say how it was made: %j', async (text) => {
    const world = worldWith('world.json', text)
    await expect(refuseAnotherWorld(optionsOf())).rejects.toMatchObject({
      code: 'WORLD_INVALID',
      message: expect.stringContaining(`remove ${world}`) as unknown,
    })
  })
})
