import { describe, expect, it } from '@jest/globals'
import { readTrainingOptions } from '../../../../models/training/training-options.js'

const read = (...args: string[]): ReturnType<typeof readTrainingOptions> =>
  readTrainingOptions(args, '/project', ['9', '10', 'draft'])

describe('options of npm run train', () => {
  it('make the next version of the shipped set unless told otherwise', () => {
    expect(read()).toMatchObject({
      ...{ tiny: false, force: false, seed: 8, videos: 12_000, requests: 48_000 },
      run: '/project/.kinora/training/full-8',
      world: '/project/.kinora/training/full-8/world',
      ownWorld: true,
      out: '/project/models/zoo/world-small/11',
      venv: '/project/models/training/.venv',
    })
  })

  it('begin with version 1', () => {
    expect(readTrainingOptions([], '/project', []).out).toBe('/project/models/zoo/world-small/1')
  })

  it('keep a tiny set away from those that ship', () => {
    expect(read('--tiny', '--seed', '3')).toMatchObject({
      run: '/project/.kinora/training/tiny-3',
      out: '/project/.kinora/training/tiny-3/zoo/tiny/1',
    })
  })

  it('use a world that is there', () => {
    expect(read('--world', '/some/world', '--run', '/some/run')).toMatchObject({
      world: '/some/world',
      ownWorld: false,
      run: '/some/run',
    })
  })

  it.each([['--seed', '-1'], ['--videos', '1e3'], ['--requests', 'many'], ['--huge'], ['stray']])(
    'refuse %s %s',
    (...args) => expect(() => read(...args)).toThrow(expect.objectContaining({ name: 'TypeError' })),
  )
})
