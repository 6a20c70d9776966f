import type { Warehouse } from '../../stores/clickhouse/warehouse.js'
import { topics } from '../topics.js'
import { insertRows } from './insert-rows.js'
import type { Sink } from './sink.js'

/** Training samples → samples. */
export const storeSamples = (warehouse: Pick<Warehouse, 'insert'>): Sink<'TrainingSample'> => ({
  name: 'store-samples',
  reads: [topics.samples],
  store: insertRows(warehouse),
})
