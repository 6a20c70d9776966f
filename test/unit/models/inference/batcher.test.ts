import { describe, expect, it } from '@jest/globals'
import { Batcher, type BatcherOptions } from '../../../../models/inference/batcher.js'
import { largestBucket, tokenBucket } from '../../../../models/inference/buckets.js'

/** Doubles numbers, remembers its batches, and fails on every batch that holds a multiple of 13. */
function doubler(over: Partial<BatcherOptions<number, number>> = {}) {
  const batches: number[][] = []
  const batcher = new Batcher<number, number>({
    ...{ name: 'doubler', batchSize: 8, batchDelayMs: 1, queueLimit: 1000 },
    run: async (rows) => {
      batches.push([...rows])
      await new Promise((resolve) => setImmediate(resolve))
      if (rows.some((row) => row % 13 === 0)) throw new Error('poisoned')
      return rows.map((row) => row * 2)
    },
    ...over,
  })
  return { batcher, batches }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1)

describe('a batcher', () => {
  it('gives each row its own answer, in batches of few sizes', async () => {
    const { batcher, batches } = doubler()
    const rows = upTo(12)
    expect(await Promise.all(rows.map((row) => batcher.submit(row)))).toEqual(rows.map((row) => row * 2))
    expect(batches.map(({ length }) => length)).toEqual([8, 4])
  })

  it('lets a poisoned row fail alone', async () => {
    const { batcher } = doubler()
    const settled = await Promise.allSettled(upTo(30).map((row) => batcher.submit(row)))
    const failed = settled.flatMap(({ status }, i) => (status === 'rejected' ? [i + 1] : []))
    expect(failed).toEqual([13, 26])
    expect(settled[12]).toMatchObject({ reason: { code: 'MODEL_RUN_FAILED', message: 'model doubler: poisoned' } })
  })

  it('refuses a row that cannot be right before it gets into a batch', async () => {
    const validate = (row: number): void => {
      if (Number.isNaN(row)) throw new RangeError('no number')
    }
    const { batcher, batches } = doubler({ validate })
    const [bad, good] = await Promise.allSettled([batcher.submit(NaN), batcher.submit(1)])
    expect([bad.status, good.status]).toEqual(['rejected', 'fulfilled'])
    expect(batches).toEqual([[1]])
  })

  it('takes no more than its queue holds; who can wait, waits', async () => {
    const { batcher } = doubler({ queueLimit: 4, batchSize: 4 })
    const taken = upTo(8).map((row) => batcher.submit(row))
    await expect(batcher.submit(9)).rejects.toMatchObject({ code: 'MODEL_QUEUE_FULL', retriable: true })
    const patient = upTo(12).map((row) => batcher.submitWhenFree(row))
    expect(await Promise.all([...taken, ...patient])).toEqual([...upTo(8), ...upTo(12)].map((row) => row * 2))
  })

  it('never forgets a row that comes just as a batch ends', async () => {
    const { batcher } = doubler({ batchDelayMs: 0 })
    const chain = async (row: number): Promise<number> => {
      const answer = await batcher.submit(row)
      for (let turn = 0; turn < row % 7; turn++) await Promise.resolve()
      return answer + (await batcher.submit(1))
    }
    const rows = upTo(12)
    for (let round = 0; round < 20; round++)
      expect(await Promise.all(rows.map(chain))).toEqual(rows.map((row) => row * 2 + 2))
  })

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
    'never forgets a lone row that comes %i turns after an answer',
    async (turns) => {
      const { batcher } = doubler({ batchDelayMs: 0 })
      await batcher.submit(1)
      for (let turn = 0; turn < turns; turn++) await Promise.resolve()
      expect(await batcher.submit(2)).toBe(4)
    },
  )

  it('refuses a row that waits for room when it is closed', async () => {
    const { batcher } = doubler({ batchSize: 1, queueLimit: 1 })
    const rows = [batcher.submit(1), batcher.submit(2), batcher.submitWhenFree(3)]
    const settled = Promise.allSettled(rows)
    await batcher.close()
    const refused = { status: 'rejected', reason: { code: 'MODEL_CLOSED' } }
    expect(await settled).toMatchObject([{ value: 2 }, { value: 4 }, refused])
  })

  it('answers all that it took before it is closed, and nothing after', async () => {
    const { batcher } = doubler({ batchDelayMs: 60_000 })
    const taken = batcher.submit(4)
    await batcher.close()
    expect(await taken).toBe(8)
    await expect(batcher.submit(5)).rejects.toMatchObject({ code: 'MODEL_CLOSED' })
  })
})

describe('the sizes of batches', () => {
  it('are powers of two', () => {
    expect([1, 2, 3, 7, 8, 31, 32].map(largestBucket)).toEqual([1, 2, 2, 4, 8, 16, 32])
  })

  it('pad texts to multiples of eight, up to what the model reads', () => {
    expect([1, 8, 9, 23].map((tokens) => tokenBucket(tokens, 24))).toEqual([8, 8, 16, 24])
    expect(tokenBucket(3, 6)).toBe(6)
  })
})
