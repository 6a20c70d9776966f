import { describe, expect, it } from '@jest/globals'
import { bootstrapInterval, pnrDifferenceInterval, pnrInterval } from '../../../../models/metrics/paired-bootstrap.js'

const counts = (positive: number, negative: number) => ({ positive, negative, tied: 0 })
const options = { resamples: 500, seed: 3 }

describe('the bootstrap over queries', () => {
  it('is decided by its seed', async () => {
    const queries = Array.from({ length: 40 }, (_, i) => counts(1 + ((i * 37) % 23), 1 + ((i * 11) % 17)))
    const interval = await pnrInterval(queries, options)
    expect(await pnrInterval(queries, options)).toEqual(interval)
    expect(await pnrInterval(queries, { ...options, seed: 4 })).not.toEqual(interval)
  })

  it('covers the mean of a normal sample about as wide as theory says', async () => {
    const values = Array.from({ length: 400 }, (_, i) => Math.sin(i * 12.9898) * 10)
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length)
    const mean = (drawn: Uint32Array) => drawn.reduce((sum, index) => sum + values[index]!, 0) / drawn.length
    const { low, high } = await bootstrapInterval(values.length, mean, { resamples: 1000, seed: 1 })
    expect((high - low) / (2 * 1.96 * (deviation / Math.sqrt(values.length)))).toBeCloseTo(1, 1)
  })

  it('is paired: what moves both systems alike widens no difference', async () => {
    const better = Array.from({ length: 60 }, (_, i) => counts(20 + (i % 7) * 10, 10))
    const worse = better.map(({ positive }) => counts(positive - 2, 12))
    const difference = await pnrDifferenceInterval(better, worse, options)
    const alone = await pnrInterval(better, options)
    expect(difference.low).toBeGreaterThan(0)
    expect(difference.high - difference.low).toBeLessThan(alone.high - alone.low)
    expect(await pnrDifferenceInterval(better, better, options)).toEqual({ low: 0, high: 0 })
  })

  it('refuses what cannot be resampled or paired', async () => {
    await expect(pnrInterval([], options)).rejects.toThrow(RangeError)
    await expect(pnrDifferenceInterval([counts(1, 1)], [], options)).rejects.toThrow(RangeError)
  })

  it('ends when it is told to, in the midst of many resamples', async () => {
    const interrupt = new AbortController()
    setImmediate(() => interrupt.abort(new Error('enough')))
    const endless = pnrInterval([counts(1, 1)], { resamples: 1e7, seed: 1, signal: interrupt.signal })
    await expect(endless).rejects.toThrow('enough')
  })
})
