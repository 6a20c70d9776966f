import { Writable } from 'node:stream'
import { describe, expect, it } from '@jest/globals'
import { openProgress, progressLine, renderProgress, type DemoProgress } from '../../../demo/progress.js'
import { styleOf } from '../../../demo/style.js'

const state = (changes: Partial<DemoProgress> = {}): DemoProgress => ({
  phase: 'live',
  elapsedMs: 12_340,
  durationMs: 30_000,
  sent: 5_120,
  sentPerSecond: 431,
  outcomes: 12_344,
  samples: 4_022,
  lag: 12,
  freshness: { p50: 84.4, p99: 1_210, probes: 143, lost: 0 },
  ...changes,
})

const memory = () => {
  const chunks: string[] = []
  const out = new Writable({
    write: (chunk: Buffer, _, done) => {
      chunks.push(chunk.toString())
      done()
    },
  })
  return { chunks, out }
}

describe('the progress display', () => {
  it('shows what goes in, what comes out and how fresh it is', () => {
    expect(renderProgress(state(), styleOf(false))).toBe(
      [
        '████████████████░░░░░░░░░░░░░░░░░░░░░░░░  12.3 s of 30 s',
        'events    5,120 sent, 431/s',
        'outcomes  12,344',
        'samples   4,022',
        'lag       12 records',
        'freshness p50 84 ms, p99 1.2 s sent → in Redis, 143 probes',
      ].join('\n'),
    )
  })

  it('is one plain line in a log', () => {
    const before = { p50: null, p99: null, probes: 0, lost: 0 }
    expect(progressLine(state({ phase: 'closing', freshness: before }))).toBe(
      'closing the last windows  sent 5120 (431/s)  outcomes 12344  samples 4022  lag 12  freshness p50 – p99 –',
    )
  })

  it('has colours only where they are wanted', () => {
    expect(renderProgress(state(), styleOf(true))).toContain('\u001b[')
    expect(renderProgress(state(), styleOf(false))).not.toContain('\u001b[')
  })

  it('on a terminal is drawn over its last state', () => {
    const { chunks, out } = memory()
    const progress = openProgress({ out, redraw: true, color: false })
    progress.show(state())
    progress.show(state())
    progress.end()
    progress.show(state())
    expect(chunks.map((chunk) => chunk.startsWith('\u001b[6A\u001b[J'))).toEqual([false, true, false])
  })

  it('elsewhere is a line every two seconds', () => {
    const { chunks, out } = memory()
    const progress = openProgress({ out, redraw: false, color: false })
    for (const elapsedMs of [0, 100, 1_999, 2_000, 2_100, 5_900, 6_000]) progress.show(state({ elapsedMs }))
    expect(chunks.map((chunk) => chunk.split('  ')[0])).toEqual([
      '0.0 s of 30 s',
      '2.0 s of 30 s',
      '5.9 s of 30 s',
      '6.0 s of 30 s',
    ])
  })
})
