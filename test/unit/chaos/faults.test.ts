import { describe, expect, it } from '@jest/globals'
import { planFaults } from '../../chaos/faults.js'
import { createRandom } from '../../chaos/random.js'

describe('fault plan', () => {
  const plan = {
    joiners: ['a', 'b'],
    others: ['c'],
    kills: 24,
    sessionMs: 1000,
    freezes: { past: 1, inside: 1 },
    restarts: ['kafka', 'redis'] as const,
    outageMs: 2000,
    from: 100,
    to: 1000,
  }

  it('spreads all faults over the log, hits every failpoint and every joiner, and is the same for a seed', () => {
    const faults = planFaults(createRandom(1), plan)
    expect(planFaults(createRandom(1), plan)).toEqual(faults)
    expect(faults.map(({ afterRecord }) => afterRecord)).toEqual(faults.map((f) => f.afterRecord).sort((a, b) => a - b))
    expect(faults.every(({ afterRecord }) => afterRecord >= 100 && afterRecord < 1000)).toBe(true)
    const kills = faults.flatMap(({ fault }) => (fault.kind === 'kill' ? [fault] : []))
    expect(kills).toHaveLength(24)
    expect(new Set(kills.map(({ process }) => process))).toEqual(new Set(['a', 'b', 'c']))
    expect(new Set(kills.flatMap(({ failpoint }) => failpoint?.split(':')[0] ?? [])).size).toBe(5)
    expect(faults).toHaveLength(24 + 2 + 2)
  })
})
