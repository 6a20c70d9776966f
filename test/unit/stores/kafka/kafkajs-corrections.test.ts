import { describe, expect, it } from '@jest/globals'
import type { Transaction } from 'kafkajs'
import {
  filterAbortedMessages,
  groupMessagesPerPartition,
  rememberingCoordinators,
} from '../../../../stores/kafka/kafkajs-corrections.js'
import { touch, touchingPartitions } from '../../../../stores/kafka/kafkajs-touch.js'

const record = (offset: number, producerId: string) => ({
  ...{ offset: String(offset), key: Buffer.from('k'), isControlRecord: false },
  batchContext: { producerId, inTransaction: true },
})

/** type 0 aborts, 1 commits */
const marker = (offset: number, producerId: string, type: 0 | 1) => ({
  ...record(offset, producerId),
  ...{ key: Buffer.from([0, 0, 0, type]), isControlRecord: true },
})

describe('filterAbortedMessages', () => {
  it('hides aborted records when transactions overlap and the broker lists them in another order', () => {
    const messages = [
      ...[record(1, 'a'), record(2, 'b'), record(3, 'a'), record(4, 'c')],
      ...[marker(5, 'b', 0), marker(6, 'a', 0), record(7, 'a'), marker(8, 'c', 1), marker(9, 'a', 1)],
    ]
    const abortedTransactions = [
      { producerId: 'b', firstOffset: '2' },
      { producerId: 'a', firstOffset: '1' },
    ]
    const seen = filterAbortedMessages({ messages, abortedTransactions }).filter((message) => !message.isControlRecord)
    expect(seen.map(({ offset }) => offset)).toEqual(['4', '7'])
  })

  it('hides the rest of a transaction that began before the fetch, and of one that begins at the same record', () => {
    const messages = [record(10, 'a'), record(11, 'b'), marker(12, 'a', 0), marker(13, 'b', 0)]
    const abortedTransactions = [
      { producerId: 'a', firstOffset: '3' },
      { producerId: 'b', firstOffset: '10' },
    ]
    const seen = filterAbortedMessages({ messages, abortedTransactions }).filter((message) => !message.isControlRecord)
    expect(seen).toEqual([])
  })
})

describe('groupMessagesPerPartition', () => {
  it('keeps the order of the messages of a partition', () => {
    const grouped = groupMessagesPerPartition({
      ...{ topic: 't', partitionMetadata: [{}], messages: [1, 2, 3, 4, 5] },
      partitioner: ({ message }) => message % 2,
    })
    expect(grouped).toEqual({ 0: [2, 4], 1: [1, 3, 5] })
  })
})

describe('rememberingCoordinators', () => {
  const group = { groupId: 'g', coordinatorType: 0 }

  it('asks once a second per cluster client and coordinator, and again after a failure', async () => {
    let asked = 0
    let now = 0
    let fails = false
    const find = rememberingCoordinators(
      () => {
        asked++
        return fails ? Promise.reject(new Error('no')) : Promise.resolve({ coordinator: { nodeId: asked } })
      },
      () => now,
    )
    const cluster = {}
    const nodes = async () => (await find.call(cluster, group)).coordinator.nodeId
    expect([await nodes(), await nodes()]).toEqual([1, 1])
    expect((await find.call({}, group)).coordinator.nodeId).toBe(2)
    expect((await find.call(cluster, { ...group, coordinatorType: 1 })).coordinator.nodeId).toBe(3)
    now = 1_000
    fails = true
    await expect(nodes()).rejects.toThrow('no')
    fails = false
    expect(await nodes()).toBe(5)
  })
})

describe('a transaction that touches partitions', () => {
  const made = () => {
    const asked: string[] = []
    const manager = {
      sendOffsets: ({ consumerGroupId }: { consumerGroupId: string }) =>
        Promise.resolve(void asked.push(`offsets of ${consumerGroupId}`)),
      addPartitionsToTransaction: (topics: unknown) => Promise.resolve(void asked.push(JSON.stringify(topics))),
    }
    const { sendOffsets } = touchingPartitions(() => manager)({})
    return { asked, transaction: { sendOffsets } as unknown as Transaction }
  }

  it('adds them, each topic once, and sends no offsets', async () => {
    const { asked, transaction } = made()
    const places = [1, 2].map((partition) => ({ topic: 'a', partition }))
    await touch(transaction, [...places, { topic: 'b', partition: 1 }])
    expect(asked).toHaveLength(1)
    expect(JSON.parse(asked[0]!)).toMatchObject([
      { topic: 'a', partitions: [{ partition: 1 }, { partition: 2 }] },
      { topic: 'b', partitions: [{ partition: 1 }] },
    ])
  })

  it('still sends the offsets of a group', async () => {
    const { asked, transaction } = made()
    await transaction.sendOffsets({ consumerGroupId: 'live.some-fold', topics: [] })
    expect(asked).toEqual(['offsets of live.some-fold'])
  })
})
