import { describe, expect, it } from '@jest/globals'
import { encodeMetadata, type CommitMetadata } from '../../../../streams/runtime/commit-metadata.js'
import { planTakeover } from '../../../../streams/runtime/takeover.js'

const metadata = (rebuildOffset: number): string =>
  encodeMetadata({
    ...{
      rebuildOffset,
      maxAt: 5,
      asserted: -Infinity,
      watermark: -Infinity,
      counts: [1, 0, 0, 0, 0],
      saved: '',
      rules: '',
    },
  } satisfies CommitMetadata)

const input = (offset: number, text: string | null, earliest = 0) => ({
  ...{ topic: 'live.search.clicks', partition: 3, offset, metadata: text, earliest },
})

describe('a takeover', () => {
  it('begins at the oldest record when nothing was ever committed', () => {
    expect(planTakeover([input(-1, null, 7), input(-1, null)])).toEqual({
      ...{ committed: null, rebuildFrom: [7, 0], positions: [7, 0], lossAccepted: false },
    })
  })

  it('replays from the rebuild offset to the committed one', () => {
    const { rebuildFrom, positions, committed } = planTakeover([input(20, metadata(12)), input(9, metadata(9))])
    expect({ rebuildFrom, positions }).toEqual({ rebuildFrom: [12, 9], positions: [20, 9] })
    expect(committed![0]).toMatchObject({ maxAt: 5, watermark: -Infinity })
  })

  it.each([
    ['retention has removed what open windows need', input(20, metadata(12), 13), /need offset 12.*begins at 13/],
    ['offsets carry no metadata', input(20, ''), /no metadata of ours/],
    ['metadata is somebody else’s', input(20, '{"v":2}'), /no metadata of ours/],
    ['one input was never committed', input(-1, null), /no metadata of ours/],
  ])('stops with STATE_LOST when %s', (_, lost, message) => {
    const take = () => planTakeover([input(20, metadata(12)), lost])
    expect(take).toThrow(message)
    expect(take).toThrow(expect.objectContaining({ code: 'STATE_LOST' }))
  })

  it('refuses state that was built under other rules, such as another window', () => {
    const take = (rebuildOffset: number) => planTakeover([input(20, metadata(rebuildOffset))], 'KINORA_WINDOW_MS=5')
    expect(() => take(12)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
    expect(take(20).positions).toEqual([20])
  })

  it('goes on with what is left when the operator accepts the loss', () => {
    const eaten = planTakeover([input(20, metadata(12), 13), input(9, metadata(4), 11)], '', true)
    expect(eaten).toMatchObject({ rebuildFrom: [13, 11], positions: [20, 11] })
    expect(eaten.committed![0]).toMatchObject({ maxAt: 5, counts: [1, 0, 0, 0, 0] })
    const bare = planTakeover([input(20, metadata(12)), input(7, 'not ours')], '', true)
    expect(bare).toMatchObject({ rebuildFrom: [12, 7], positions: [20, 7] })
  })

  it('goes on when retention has removed just what nobody needs', () => {
    expect(planTakeover([input(20, metadata(12), 12)]).rebuildFrom).toEqual([12])
  })
})
