import { beforeEach, describe, expect, it } from '@jest/globals'
import { FailingRows } from '../../../../models/inference/failing-rows.js'

const BAD = 13
const answered = (value: number) => ({ status: 'fulfilled', value })
const given = (code: string, retriable: boolean) => ({ status: 'rejected', reason: { code, retriable } })
const blamed = given('MODEL_RUN_FAILED', false)
const spared = given('MODEL_DEVICE_FAILED', true)

let isLost: boolean
let rows: FailingRows<number, number>
beforeEach(() => {
  isLost = false
  rows = new FailingRows<number, number>('doubler', (batch) =>
    isLost || batch.includes(BAD) ? Promise.reject(new Error('no')) : Promise.resolve(batch.map((row) => row * 2)),
  )
})

describe('rows that fail', () => {
  it('are found among others and fail alone', async () => {
    expect(await rows.settle([1, BAD, 2, 3])).toMatchObject([answered(2), blamed, answered(4), answered(6)])
  })

  it('are spared when the model fails on everything, be they many or one', async () => {
    await rows.settle([1])
    isLost = true
    expect(await rows.settle([2, 3, 4])).toMatchObject([spared, spared, spared])
    expect(await rows.settle([5])).toMatchObject([spared])
    isLost = false
    expect(await rows.settle([5])).toMatchObject([answered(10)])
  })

  it('are blamed when the model still answers what it answered before, be they many or one', async () => {
    await rows.settle([1])
    expect(await rows.settle([BAD, BAD])).toMatchObject([blamed, blamed])
    expect(await rows.settle([BAD])).toMatchObject([blamed])
  })

  it('are spared when the model is lost while the bad one is looked for', async () => {
    let runs = 0
    const once = new FailingRows<number, number>('doubler', (batch) =>
      ++runs === 2 ? Promise.resolve(batch) : Promise.reject(new Error('lost')),
    )
    expect(await once.settle([1, 2])).toMatchObject([answered(1), spared])
  })

  it('before the first answer are spared if they are many, and a single one is blamed', async () => {
    isLost = true
    expect(await rows.settle([1, 2])).toMatchObject([spared, spared])
    expect(await rows.settle([1])).toMatchObject([blamed])
  })
})
