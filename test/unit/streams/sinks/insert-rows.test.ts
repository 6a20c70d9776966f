import { describe, expect, it } from '@jest/globals'
import { RecordError, TransientError } from '../../../../errors/errors.js'
import { insertRows } from '../../../../streams/sinks/insert-rows.js'
import { click, shown } from '../../../helpers/behavior-events.js'
import { closedRequest } from '../../../helpers/outcomes.js'
import { sinkRecord } from '../../../helpers/sink-records.js'

/** Remembers inserts; refuses those that `isBad` picks a row of. */
function recorder(isBad: (row: Record<string, unknown>) => boolean = () => false) {
  const inserts: { table: string; rows: number }[] = []
  const insert = (table: string, rows: readonly object[]): Promise<void> => {
    if (rows.some((row) => isBad(row as Record<string, unknown>)))
      return Promise.reject(new RecordError('CLICKHOUSE_REJECTED', 'no'))
    inserts.push({ table, rows: rows.length })
    return Promise.resolve()
  }
  return { inserts, insert }
}

describe('insertRows', () => {
  it('makes one insert per table and batch', async () => {
    const warehouse = recorder()
    await insertRows(warehouse)([
      sinkRecord('ResultsShown', shown(), 0),
      sinkRecord('ResultClicked', click(1), 0),
      sinkRecord('ResultsShown', shown(), 1),
    ])
    expect(warehouse.inserts).toEqual([
      { table: 'raw_impressions', rows: 2 },
      { table: 'raw_clicks', rows: 1 },
    ])
  })

  it('inserts nothing for a request without results', async () => {
    const warehouse = recorder()
    expect(await insertRows(warehouse)([sinkRecord('RequestClosed', closedRequest([]), 0)])).toEqual({ dead: [] })
    expect(warehouse.inserts).toEqual([])
  })

  it('calls a record dead as a whole when one of its rows is refused', async () => {
    const warehouse = recorder((row) => row['video_id'] === 'bad')
    const closed = [closedRequest([{}, {}]), closedRequest([{}, { video_id: 'bad' }]), closedRequest([{}])]
    const { dead } = await insertRows(warehouse)(closed.map((value, n) => sinkRecord('RequestClosed', value, n)))
    expect(dead.map(({ record, code, reason }) => [record.offset, code, reason])).toEqual([
      [1, 'CLICKHOUSE_REJECTED', 'no'],
    ])
    expect(warehouse.inserts.reduce((sum, { rows }) => sum + rows, 0)).toBe(3)
  })

  it('finds each bad record of a thousand in about ten steps', async () => {
    let tries = 0
    const warehouse = recorder((row) => row['query'] === 'bad')
    const counting = { insert: (table: string, rows: readonly object[]) => (tries++, warehouse.insert(table, rows)) }
    const records = Array.from({ length: 1024 }, (_, n) =>
      sinkRecord('ResultsShown', shown({ query: n === 700 ? 'bad' : 'good' }), n),
    )
    expect((await insertRows(counting)(records)).dead.map(({ record }) => record.offset)).toEqual([700])
    expect(tries).toBe(21)
  })

  it('calls nothing dead when the warehouse is down', async () => {
    const down = { insert: () => Promise.reject(new TransientError('CLICKHOUSE_UNAVAILABLE', 'down')) }
    await expect(insertRows(down)([sinkRecord('ResultClicked', click(1), 0)])).rejects.toBeInstanceOf(TransientError)
  })
})
