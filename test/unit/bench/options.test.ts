import { describe, expect, it } from '@jest/globals'
import { benchmarks, parseOptions } from '../../../bench/options.js'

describe('the arguments of npm run bench', () => {
  it('run all benchmarks, or the named ones in the usual order', () => {
    expect(parseOptions([]).names).toEqual(benchmarks)
    expect(parseOptions(['sink', 'joiner', '--events', '200_000'])).toMatchObject({
      names: ['joiner', 'sink'],
      events: 200_000,
    })
  })

  it.each([[['speed']], [['--events', 'many']], [['--rounds', '0']], [['--fast']]])('say what is wrong: %j', (args) => {
    expect(() => parseOptions(args)).toThrow(/npm run bench --/)
  })
})
