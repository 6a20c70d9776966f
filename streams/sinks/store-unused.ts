import type { Warehouse } from '../../stores/clickhouse/warehouse.js'
import { topics } from '../topics.js'
import { insertRows } from './insert-rows.js'
import type { Sink } from './sink.js'

/** What the join did not use, and why → unused_records, one row per record. */
export const storeUnused = (warehouse: Pick<Warehouse, 'insert'>): Sink<'RecordsUnused'> => ({
  name: 'store-unused',
  reads: [topics.unused],
  store: insertRows(warehouse),
})
