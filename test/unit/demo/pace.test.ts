import { describe, expect, it } from '@jest/globals'
import type { CrowdRecord } from '../../../demo/crowd-event.js'
import { sendOnTime } from '../../../demo/pace.js'
import { topics } from '../../../streams/topics.js'

const record = (sendAt: number): CrowdRecord => ({ sendAt, topic: topics.clicks, key: 'k', bytes: Buffer.alloc(0) })
const times = (records: readonly CrowdRecord[]) => records.map(({ sendAt }) => sendAt)

describe('sendOnTime', () => {
  it('sends nothing before its time, everything in order', async () => {
    let now = 0
    const sent: [number, number[]][] = []
    await sendOnTime([0, 0, 5, 5, 9].map(record), {
      now: () => now++,
      send: (due) => Promise.resolve(void sent.push([now, times(due)])),
    })
    expect(sent.flatMap(([, due]) => due)).toEqual([0, 0, 5, 5, 9])
    for (const [at, due] of sent) expect(Math.max(...due)).toBeLessThanOrEqual(at)
    expect(sent.length).toBeGreaterThanOrEqual(3)
  })

  it('sends what is overdue together, in batches of bounded size', async () => {
    const sizes: number[] = []
    await sendOnTime(
      Array.from({ length: 1_200 }, () => record(0)),
      { now: () => 10, send: (due) => Promise.resolve(void sizes.push(due.length)) },
    )
    expect(sizes).toEqual([500, 500, 200])
  })

  it('stops when it is told to', async () => {
    const stop = new AbortController()
    const sent: number[] = []
    await sendOnTime([0, 1e15].map(record), {
      send: (due) => {
        sent.push(...times(due))
        stop.abort()
        return Promise.resolve()
      },
      signal: stop.signal,
    })
    expect(sent).toEqual([0])
  })

  it('lets a failed send out', async () => {
    const send = () => Promise.reject(new Error('no broker'))
    await expect(sendOnTime([record(0)], { send })).rejects.toThrow('no broker')
  })
})
