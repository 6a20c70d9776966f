import { describe, expect, it } from '@jest/globals'
import { chunksOf, isPassing } from '../../../../streams/runtime/letter-box.js'

const error = (retriable: boolean | undefined, cause?: Error) =>
  Object.assign(new Error('e', { ...(cause && { cause }) }), { retriable })

describe('dead letters on their way to Kafka', () => {
  it('wait for what kafkajs has retried in vain, and for nothing that lasts', () => {
    expect(isPassing(error(true))).toBe(true)
    expect(isPassing(error(false, error(false, error(true))))).toBe(true)
    expect(isPassing(error(false))).toBe(false)
    expect(isPassing(error(true, error(false)))).toBe(false)
    expect(isPassing(new TypeError('a bug'))).toBe(false)
  })

  it('are sent in chunks that fit, in their order, a large one alone', () => {
    const letter = (name: string, bytes: number) => ({ key: name, value: Buffer.alloc(bytes) })
    const MIB = 1024 * 1024
    const letters = [letter('a', 10), letter('b', MIB - 100), letter('c', 100), letter('d', 7 * MIB), letter('e', 1)]
    expect(chunksOf(letters).map((chunk) => chunk.map(({ key }) => key).join(''))).toEqual(['ab', 'c', 'd', 'e'])
    expect(chunksOf([])).toEqual([])
  })
})
