import { describe, expect, it } from '@jest/globals'
import { deadLetterOf } from '../../../../streams/runtime/dead-letter.js'

const place = { topic: 'search.clicks', partition: 1, offset: 7, receivedAt: 99 }
const error = { code: 'RECORD_UNDECODABLE', message: 'why' }

describe('a dead letter', () => {
  it('carries the original bytes, the position and the reason', () => {
    const letter = deadLetterOf('join-outcomes', place, error, { key: Buffer.from('k'), value: Buffer.from('v') })
    expect(letter).toEqual({
      ...{ stream: 'join-outcomes', code: 'RECORD_UNDECODABLE', reason: 'why', topic: 'search.clicks' },
      ...{ partition: 1, offset: 7, received_at: 99, key: Buffer.from('k'), value: Buffer.from('v') },
    })
  })

  it('fits its topic whatever a compressed record unpacked to, and says what is left out', () => {
    const huge = Buffer.alloc(20 * 1024 * 1024)
    const letter = deadLetterOf('join-outcomes', place, error, { key: huge, value: huge })
    expect(letter.key!.length + letter.value!.length).toBeLessThan(8 * 1024 * 1024 - 10_000)
    expect(letter.reason).toContain(`first bytes of ${2 * huge.length}`)
  })
})
