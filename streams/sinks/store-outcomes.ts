import type { Warehouse } from '../../stores/clickhouse/warehouse.js'
import { topics } from '../topics.js'
import { insertRows } from './insert-rows.js'
import type { Sink } from './sink.js'

/** Closed requests → outcomes, one row per shown video. */
export const storeOutcomes = (warehouse: Pick<Warehouse, 'insert'>): Sink<'RequestClosed'> => ({
  name: 'store-outcomes',
  reads: [topics.outcomes],
  store: insertRows(warehouse),
})
